import { readFileSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";
import { families, loadRequest, type Family } from "#spec/index.ts";
import { diskFiles } from "../validation/fileProvider.ts";

/** What a request that creates something says of its document. */
export interface SentDocument {
  source?: { file: string; text?: string; overrides?: string[]; directory?: string };
  fields?: Record<string, unknown>;
  base_dir?: string;
}

/**
 * The document with `--set` and the options in it and Azure's defaults filled in, in the YAML's own keys; paths are
 * absolute. Undefined where there is none (an update, a plain script). Throws `file-not-found` and `invalid-document`.
 */
export function normalisedDocument(family: string, sent: SentDocument): Record<string, unknown> | undefined {
  const { source, fields = {} } = sent;
  if (!isFamily(family) || source?.file.endsWith(".py")) return undefined;
  if (!source && sent.fields === undefined) return undefined;
  const path = source?.file ?? join(sent.base_dir ?? "/", "command line");
  const { document, kind, problems } = loadRequest({
    ...{ path, fields, files: diskFiles, expect: family, set: source?.overrides ?? [] },
    text: source && (source.text ?? textOf(path)),
    ...(source?.directory === undefined ? {} : { workingFolder: source.directory }),
  });
  const errors = problems.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first) throw slipwayError("invalid-document", first.message, { details: { problems: errors, file: path } });
  if (!document) throw slipwayError("invalid-document", `${path} is a ${kind ?? "file"} that is not known here yet.`);
  return inYamlKeys(document as unknown as Record<string, unknown>);
}

function isFamily(name: string): name is Family {
  return (families as readonly string[]).includes(name);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw slipwayError("file-not-found", `${file} cannot be read (${errnoOf(cause) ?? "error"}).`, { cause });
  }
}

/** What the loader knows besides the document: how a path was written, what a reference means. */
const loadersOwn = new Set(["kind", "given", "reference"]);

function inYamlKeys(document: Record<string, unknown>): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(document)) {
    if (loadersOwn.has(key) || value === undefined) continue;
    if (key === "file") Object.assign(shown, value);
    else if (key === "conda") shown["conda_file"] = condaFile(value as { path?: string; text: string });
    else shown[snake(key)] = valueOf(key, value);
  }
  return shown;
}

function valueOf(key: string, value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  const part = value as Record<string, unknown>;
  if (key === "code") return part["path"];
  if (key === "compute") return `azureml:${String(part["name"])}`;
  if (key === "environment") return part["kind"] === "reference" ? part["given"] : inYamlKeys(part);
  if (key === "build") return inYamlKeys(part);
  if (key !== "inputs" && key !== "outputs") return value;
  return Object.fromEntries(
    Object.entries(part).map(([name, port]) => [name, portOf(port as Record<string, unknown>)]),
  );
}

/** A literal is its value; anything else says what it is. */
function portOf(port: Record<string, unknown>): unknown {
  return port["kind"] === "literal" ? port["value"] : inYamlKeys(port);
}

function condaFile({ path, text }: { path?: string; text: string }): unknown {
  return path ?? (JSON.parse(text) as unknown);
}

function snake(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
