import type { SourceOrigin, SourceRange } from "../yaml/range.ts";
import type { ProblemCode } from "./problemCodes.ts";

export type Severity = "error" | "warning" | "info";

/** A replacement that would remove a problem. */
export interface Fix {
  title: string;
  range: SourceRange;
  newText: string;
}

/** Something wrong, or worth knowing, in a YAML file. The message says the reason and the next step. */
export interface Problem {
  code: ProblemCode;
  severity: Severity;
  message: string;
  range: SourceRange;
  /** `flag` when the range is in an override (`--set`) and not in the file. */
  origin: SourceOrigin;
  /** The YAML path, such as `inputs.data.path`; empty for the whole file. */
  path: string;
  fix?: Fix;
}

/** Errors first by place, so that a list reads like the file. */
export function byPlace(left: Problem, right: Problem): number {
  return (
    left.range.line - right.range.line ||
    left.range.column - right.range.column ||
    left.code.localeCompare(right.code) ||
    left.message.localeCompare(right.message)
  );
}
