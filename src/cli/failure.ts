import { CodedError, errnoOf, messageOf } from "#base/errors.ts";
import { Interrupted } from "./terminal/interrupt.ts";
import { UsageError } from "./parse/usageError.ts";

export interface Failure {
  /** Lines for standard error. */
  lines: string[];
  exitCode: number;
}

/** What a person reads of an error, and the exit code as `az` has it: 2 usage, 3 not found, 130 interrupted, else 1. */
export function describeFailure(thrown: unknown, options: { place: string; debug: boolean }): Failure {
  const stack = options.debug && thrown instanceof Error && thrown.stack ? [thrown.stack] : [];
  if (thrown instanceof UsageError) {
    return { lines: [`ERROR: ${thrown.message}`, `Run \`${options.place} --help\`.`, ...stack], exitCode: 2 };
  }
  if (thrown instanceof Interrupted) return { lines: [thrown.message], exitCode: 130 };
  if (thrown instanceof CodedError) {
    const lines = [
      `ERROR: ${thrown.message}`,
      ...problemLines(thrown),
      ...(thrown.next ? [thrown.next] : []),
      ...stack,
    ];
    return { lines, exitCode: thrown.code === "not-found" ? 3 : 1 };
  }
  if (thrown instanceof Error && thrown.name === "AbortError") return { lines: [], exitCode: 130 };
  if (errnoOf(thrown) !== undefined) return { lines: [`ERROR: ${messageOf(thrown)}`, ...stack], exitCode: 1 };
  const trace = thrown instanceof Error && thrown.stack ? thrown.stack : String(thrown);
  return { lines: [`ERROR: ${messageOf(thrown)}`, "This is a fault in Slipway itself:", trace], exitCode: 1 };
}

interface ProblemLike {
  severity?: string;
  message?: string;
  path?: string;
  line?: number;
  column?: number;
  range?: { line: number; column: number };
  origin?: string;
}

/** The places that an `invalid-document` names, a line each. */
function problemLines(error: CodedError): string[] {
  const problems = error.details["problems"];
  if (!Array.isArray(problems)) return [];
  const file = typeof error.details["file"] === "string" ? `${error.details["file"]}:` : "";
  return (problems as ProblemLike[]).map((problem) => {
    const line = problem.line ?? problem.range?.line;
    const column = problem.column ?? problem.range?.column;
    const inFile = line === undefined ? "" : `${file}${line}:${column ?? 1}: `;
    return `  ${problem.origin === "flag" ? "--set: " : inFile}${problem.severity ?? "error"}: ${problem.message ?? ""}`;
  });
}
