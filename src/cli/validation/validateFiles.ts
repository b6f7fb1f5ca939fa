import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { errnoOf, messageOf } from "#base/errors.ts";
import { parseOverrides, validate, type Family } from "#spec/index.ts";
import { diskFiles } from "./fileProvider.ts";

export interface FileProblem {
  code: string;
  severity: "error" | "warning" | "info";
  message: string;
  /** From 1. */
  line: number;
  column: number;
  /** Where in the document, such as `inputs.data.path`. */
  path: string;
  /** There when the place is in a `--set` and not in the file. */
  origin?: "flag";
}

/** One file's verdict, as scripts read it. */
export interface FileVerdict {
  /** As it was given; for files of a folder, the folder as it was given and the rest. */
  path: string;
  kind: string | null;
  valid: boolean;
  problems: FileProblem[];
}

export interface ValidateOptions {
  /** `--set` pairs, merged before the check. */
  set?: readonly string[];
  /** What each file must be. */
  expect?: Family;
}

/** Checks files, and the YAML files below folders. Needs no engine. */
export function validateFiles(paths: readonly string[], options: ValidateOptions = {}): FileVerdict[] {
  return paths.flatMap((path) => filesOf(path)).map((path) => validateFile(path, options));
}

function validateFile(path: string, options: ValidateOptions): FileVerdict {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (thrown) {
    return { path, kind: null, valid: false, problems: [unreadable(path, thrown)] };
  }
  const parsed = parseOverrides(options.set ?? []);
  const verdict = validate(text, {
    path: resolve(path),
    files: diskFiles,
    overrides: parsed.overrides,
    ...(options.expect ? { expect: options.expect } : {}),
  });
  const problems = [...parsed.problems, ...verdict.problems].map(
    ({ code, severity, message, range, path: place, origin }): FileProblem => ({
      code,
      severity,
      message,
      line: range.line,
      column: range.column,
      path: place,
      ...(origin === "flag" ? { origin } : {}),
    }),
  );
  return { path, kind: verdict.kind, valid: verdict.valid && parsed.problems.length === 0, problems };
}

function unreadable(path: string, thrown: unknown): FileProblem {
  const place = { severity: "error", line: 1, column: 1, path: "" } as const;
  if (errnoOf(thrown) === "ENOENT") {
    return { code: "file-not-found", ...place, message: `${path} does not exist. Correct the path.` };
  }
  if (thrown instanceof TypeError) {
    return { code: "syntax-error", ...place, message: "The file is not UTF-8 text. Save it as UTF-8." };
  }
  return { code: "file-not-found", ...place, message: `${path} cannot be read: ${messageOf(thrown)}.` };
}

/** The file itself, or the YAML files below a folder in name order. Hidden folders and `node_modules` are left out. */
function filesOf(path: string): string[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  const entries = readdirSync(path, { withFileTypes: true }).sort((left, right) => (left.name < right.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const below = join(path, entry.name);
    if (entry.isDirectory()) return entry.name.startsWith(".") || entry.name === "node_modules" ? [] : filesOf(below);
    return /\.ya?ml$/i.test(entry.name) ? [below] : [];
  });
}
