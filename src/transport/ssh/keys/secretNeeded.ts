import { CodedError } from "#base/errors.ts";

/** Something that only a person can tell. */
export interface Question {
  /** Under this name the answer is given. */
  id: string;
  /** The words of the question, of the host or of ours. */
  prompt: string;
  /** The answer may be seen while it is typed. */
  echo: boolean;
}

/** Throws nothing by itself: the error that asks a person, with what to ask in `details`. */
export function secretNeeded(host: string, question: Question): CodedError {
  return new CodedError({
    code: "secret-needed",
    status: 409,
    message: `${host} asks: ${question.prompt}`,
    next: "Attach the target again in a terminal or in VS Code, where it can be answered, or add the key to the agent.",
    details: { host, ...question },
  });
}
