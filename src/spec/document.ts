import type { FileProvider } from "./files.ts";
import { detectKind } from "./kinds/detectKind.ts";
import { isKnownKind, type KindName, type KnownKind } from "./kinds/kindName.ts";
import { kindOfSchemaUrl } from "./kinds/kindOfSchema.ts";
import { checkKind } from "./checks/checkKind.ts";
import { CheckContext } from "./checks/context.ts";
import { applyOverrides } from "./overrides/applyOverrides.ts";
import type { Override } from "./overrides/override.ts";
import { folderOf } from "./paths.ts";
import { byPlace, type Problem } from "./problems/problem.ts";
import { checkSchema } from "./problems/schemaProblems.ts";
import { stringAt, type SpecNode } from "./yaml/node.ts";
import { parseYaml } from "./yaml/parse.ts";
import { fileStart } from "./yaml/range.ts";

/** What a verb can expect: `az ml job create` expects a job. */
export const families = [
  "job",
  "component",
  "environment",
  "data",
  "model",
  "datastore",
  "compute",
  "workspace",
] as const;
export type Family = (typeof families)[number];

export interface ReadOptions {
  /** Path of the YAML file: relative paths in it are taken from its folder. */
  path: string;
  files: FileProvider;
  overrides?: readonly Override[];
  /** What the file must be, when a verb says so. Without it, a file that is no Azure ML file is let through. */
  expect?: Family;
}

export interface ReadDocument {
  kind: KindName | null;
  /** The document with the overrides in it. */
  root: SpecNode | undefined;
  /** The content with Azure's coercions, for a known kind that fits its schema. */
  value: unknown;
  problems: Problem[];
}

/** Parses, overrides, recognises and checks a file. Never throws. */
export function readDocument(text: string, options: ReadOptions): ReadDocument {
  const parsed = parseYaml(text);
  const problems = parsed.problems;
  let root = parsed.root;
  if (root && options.overrides && options.overrides.length > 0) {
    const overridden = applyOverrides(root, options.overrides);
    root = overridden.root;
    problems.push(...overridden.problems);
  }
  const unreadable = root === undefined && problems.some((problem) => problem.severity === "error");
  if (unreadable) {
    const kind = kindFromText(text) ?? defaultKind(options.expect);
    return { kind, root, value: undefined, problems };
  }
  const kind = kindOf(root, options.expect, problems);
  if (!isKnownKind(kind)) {
    // A later key of the same name silently wins in Azure's loader; what is not looked into yet is not refused for it.
    for (const problem of problems) if (problem.code === "duplicate-key") problem.severity = "warning";
    return { kind, root, value: undefined, problems: problems.sort(byPlace) };
  }
  const value = checkKnown(kind, root!, options, problems);
  return { kind, root, value, problems: problems.sort(byPlace) };
}

function checkKnown(kind: KnownKind, root: SpecNode, options: ReadOptions, problems: Problem[]): unknown {
  const schema = checkSchema(kind, root);
  problems.push(...schema.problems);
  const context = new CheckContext({ root, folder: folderOf(options.path), files: options.files });
  checkKind(kind, context);
  for (const problem of context.problems) {
    // The schema's own word about a place is enough.
    const told = schema.problems.some(
      (other) => other.path === problem.path && other.severity === "error" && problem.severity === "error",
    );
    if (!told) problems.push(problem);
  }
  return schema.value;
}

function kindOf(root: SpecNode | undefined, expect: Family | undefined, problems: Problem[]): KindName | null {
  const wholeFile = (code: Problem["code"], severity: Problem["severity"], message: string): void => {
    problems.push({ code, severity, message, range: fileStart, origin: "file", path: "" });
  };
  if (root === undefined) {
    if (expect) wholeFile("empty-document", "error", `The file is empty, and a ${expect} is expected. Fill it in.`);
    else wholeFile("not-azure-ml", "info", "The file is empty: nothing to check.");
    return null;
  }
  if (root.kind !== "mapping") {
    if (expect)
      wholeFile(
        "not-a-mapping",
        "error",
        `The file must hold keys and values (name: …), and it does not. Write a ${expect}.`,
      );
    else wholeFile("not-azure-ml", "info", "This is not an Azure ML file: it holds no keys. Nothing was checked.");
    return null;
  }
  const detected = detectKind(root);
  const kind = expect && detected ? asFamily(detected, expect, root) : detected;
  if (expect && kind !== null && familyOf(kind) !== expect) {
    wholeFile(
      "unexpected-kind",
      "error",
      `The file is a ${kind}, and a ${expect} is expected. Use the verb for it, or name another file.`,
    );
    return kind;
  }
  const settled = kind ?? defaultKind(expect);
  if (settled === null) {
    wholeFile(
      "not-azure-ml",
      "info",
      "This is not an Azure ML file, as far as '$schema' and its keys tell. Nothing was checked.",
    );
  } else if (!isKnownKind(settled)) {
    wholeFile("kind-not-checked", "info", `This is an Azure ML file of kind '${settled}', which is not checked yet.`);
  }
  return settled;
}

/** Without a `$schema`, a command may be a job or a component: the verb decides. */
function asFamily(kind: KindName, expect: Family, root: SpecNode): KindName {
  const [family, type] = kind.split(":");
  const open =
    stringAt(root, ["$schema"]) === undefined && (family === "job" || family === "component") && type === "command";
  return open && (expect === "job" || expect === "component") ? `${expect}:command` : kind;
}

function defaultKind(expect: Family | undefined): KindName | null {
  if (expect === undefined) return null;
  if (expect === "job") return "job:command";
  return expect === "component" ? "component:command" : expect;
}

function familyOf(kind: KindName): string {
  return kind.split(":")[0]!;
}

/** A file that cannot be parsed still says its kind in a `$schema` line. */
function kindFromText(text: string): KindName | null {
  const schema = /^[ \t]*["']?\$schema["']?\s*:\s*["']?([^\s"'#]+)/m.exec(text)?.[1];
  return (schema === undefined ? undefined : kindOfSchemaUrl(schema)) ?? null;
}

/** What kind of file this is, by its text alone. */
export function documentKind(text: string): KindName | null {
  const { root, problems } = parseYaml(text);
  if (root === undefined && problems.length > 0) return kindFromText(text);
  return detectKind(root);
}
