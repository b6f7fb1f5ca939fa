import { CodedError } from "#base/errors.ts";

/** The machine does not answer (any more). What was asked of it may or may not have happened there. */
export function unreachable(host: string, words: string, cause?: unknown): CodedError {
  return new CodedError({
    code: "target-unreachable",
    status: 503,
    message: `${host} does not answer: ${words}`,
    next: `Try \`ssh ${host}\` in a terminal. What runs there goes on, and is taken up again when it answers.`,
    cause,
  });
}

/** Whether a failure is the loss of a machine, so that the same may be tried again later. */
export function isUnreachable(failure: unknown): boolean {
  return failure instanceof CodedError && failure.code === "target-unreachable";
}
