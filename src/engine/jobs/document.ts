import { readFile, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { slipwayError } from "#contract/errors.ts";
import type { DocumentSource } from "#contract/entities/submit.ts";
import { load, parseOverrides, type LoadedCommandJob, type Problem } from "#spec/index.ts";
import { diskFiles } from "./diskFiles.ts";

/** A job's document as it was read, before anything of it was looked up. */
export interface JobDocument {
  job: Omit<LoadedCommandJob, "environment">;
  /** The YAML's environment; null for a plain script, which runs with the chosen interpreter. */
  environment: LoadedCommandJob["environment"] | null;
  /** What is worth knowing but does not stop the job. */
  warnings: string[];
}

/**
 * Reads a YAML file (or its unsaved text) with `--set` pairs, or makes a command job of a plain Python script. Throws
 * `file-not-found`, and `invalid-document` with every problem and its place.
 */
export async function readJobDocument(source: DocumentSource): Promise<JobDocument> {
  if (source.file.endsWith(".py")) return scriptJob(source);
  const { overrides, problems: wrongPairs } = parseOverrides(source.overrides);
  const text = source.text ?? (await readText(source.file));
  const place = source.directory === undefined ? {} : { workingFolder: source.directory };
  const options = { path: source.file, files: diskFiles, overrides, expect: "job" as const, ...place };
  const { kind, document, problems } = load(text, options);
  const errors = [...wrongPairs, ...problems].filter((problem) => problem.severity === "error");
  const [first] = errors;
  if (first) throw invalid(source.file, first, errors);
  if (document?.kind !== "job:command") {
    throw slipwayError("invalid-document", `${source.file} is a ${kind ?? "file"} that cannot be run here yet.`, {
      next: "Command jobs can be run; check the file's $schema and type.",
      details: { problems: [] },
    });
  }
  const { environment, ...job } = document;
  const warnings = problems.filter((problem) => problem.severity === "warning").map(lineOf);
  return { job, environment, warnings };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw slipwayError("file-not-found", `There is no file ${file}.`, { next: "Check the path after -f.", cause });
  }
}

function invalid(file: string, first: Problem, errors: readonly Problem[]): Error {
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  return slipwayError("invalid-document", `${file}:${lineOf(first)}${more}`, {
    next: "Correct the file; `slipway validate` lists every problem.",
    details: { problems: errors },
  });
}

function lineOf(problem: Problem): string {
  return `${problem.range.line}:${problem.range.column}: ${problem.message}`;
}

/** `train.py` as it is: its folder is the code, its experiment is named as for a YAML file beside it. */
async function scriptJob({ file, directory }: DocumentSource): Promise<JobDocument> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) throw slipwayError("file-not-found", `There is no file ${file}.`);
  const folder = dirname(file);
  const name = basename(file);
  const job: JobDocument["job"] = {
    kind: "job:command",
    displayName: name,
    experimentName: basename(directory ?? folder).replaceAll(" ", "") || "Default",
    command: `python ${quoted(name)}`,
    code: { given: folder, reference: { kind: "local", path: folder, fileScheme: false }, path: folder },
    tags: {},
    properties: {},
    inputs: {},
    outputs: {},
    environmentVariables: {},
    services: {},
  };
  return { job, environment: null, warnings: [] };
}

/** One word for bash. A name that begins with a dash is no option. */
function quoted(name: string): string {
  const path = name.startsWith("-") ? `./${name}` : name;
  return /^[\w./@%+=:,-]+$/u.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
