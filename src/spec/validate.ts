import { readDocument, type ReadOptions } from "./document.ts";
import type { KindName } from "./kinds/kindName.ts";
import type { Problem } from "./problems/problem.ts";

export interface Validation {
  kind: KindName | null;
  /** Whether Azure ML would take the file, as far as it can be told: there is no problem of severity error. */
  valid: boolean;
  problems: Problem[];
}

/** Checks a YAML file. A kind that is not known yet, and a file that is not Azure ML, are valid with an info. Never throws. */
export function validate(text: string, options: ReadOptions): Validation {
  const { kind, problems } = readDocument(text, options);
  return { kind, valid: !problems.some((problem) => problem.severity === "error"), problems };
}
