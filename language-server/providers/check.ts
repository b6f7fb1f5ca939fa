import type { Checked, CheckedProblem, CheckParams } from "#contract/languageServer.ts";
import { parseOverrides, validate, type FileProvider, type Problem } from "#spec/index.ts";
import { pathOf } from "./files.ts";

/** Checks a job file whether it is open or not, with the `--set` pairs it would be submitted with. Throws never. */
export function checkJob({ uri, set }: CheckParams, files: FileProvider): Checked {
  const path = pathOf(uri);
  const text = files.read(path);
  if (text === undefined) return { kind: null, valid: false, problems: [absent(path)] };
  const parsed = parseOverrides(set);
  const verdict = validate(text, { path, files, overrides: parsed.overrides, expect: "job" });
  return {
    kind: verdict.kind,
    valid: verdict.valid && parsed.problems.length === 0,
    problems: [...parsed.problems, ...verdict.problems].map(toChecked),
  };
}

function toChecked({ code, severity, message, range, origin }: Problem): CheckedProblem {
  return { code, severity, message, ...range, inFlag: origin === "flag" };
}

function absent(path: string): CheckedProblem {
  const message = `${path} does not exist or cannot be read. Correct the path.`;
  const place = { line: 1, column: 1, endLine: 1, endColumn: 1 };
  return { code: "file-not-found", severity: "error", message, ...place, inFlag: false };
}
