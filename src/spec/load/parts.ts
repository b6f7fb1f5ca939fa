import type { FileProvider } from "../files.ts";
import { resolvePath } from "../paths.ts";
import { parseReference } from "../references/reference.ts";
import { keyText, pythonFloat, pythonStr } from "../yaml/pythonStr.ts";
import { isPyMapping, PyFloat, type PyScalar, type PyValue } from "../yaml/values.ts";
import type { EnvironmentDefinition, Literal, LoadedEnvironmentField, Located } from "./loaded.ts";

/** What loading needs to know about the file around a value. */
export interface LoadContext {
  folder: string;
  files: FileProvider;
}

/** Leaves out what is undefined, so that optional keys are absent. */
export function compact<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as never;
}

export function literalOf(value: PyScalar): Literal {
  return { value, text: pythonStr(value) };
}

export function locate(context: LoadContext, given: string): Located {
  const reference = parseReference(given);
  const path = reference.kind === "local" ? resolvePath(context.folder, reference.path) : given;
  return { given, reference, path };
}

/** Any mapping as text values, as Python's str() prints them. A null is an empty text. */
export function textDictionary(value: unknown): Record<string, string> {
  if (!isPyMapping(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [keyText(key), item === null ? "" : pythonStr(item)]),
  );
}

/** Plain JavaScript data: floats become numbers, dates text. For what is only stored and shown. */
export function plainData(value: unknown): unknown {
  if (value instanceof PyFloat) return value.value;
  if (Array.isArray(value)) return value.map(plainData);
  if (typeof value === "bigint") return value.toString();
  if (isPyMapping(value)) {
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[keyText(key), plainData(item)]])),
    );
  }
  return typeof value === "object" && value !== null ? pythonStr(value as PyValue) : value;
}

export function plainRecord(value: unknown): Record<string, unknown> | undefined {
  return value === undefined ? undefined : (plainData(value) as Record<string, unknown>);
}

/**
 * JSON with Python's floats kept as floats; every JSON text is YAML.
 *
 * @internal
 */
export function jsonText(value: PyValue): string {
  if (Array.isArray(value)) return `[${value.map(jsonText).join(", ")}]`;
  if (value instanceof PyFloat) return pythonFloat(value.value).replace(/^(-?)(inf|nan)$/, "$1.$2");
  if (isPyMapping(value)) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(keyText(key))}: ${jsonText(item)}`)
      .join(", ")}}`;
  }
  if (typeof value === "bigint") return value.toString();
  return typeof value === "object" && value !== null ? pythonStr(value) : JSON.stringify(value);
}

/** The parts of an environment's mapping that decide what it is. */
interface EnvironmentParts {
  image?: string | undefined;
  conda_file?: unknown;
  build?: { path?: string | undefined; dockerfile_path?: string | undefined } | undefined;
  os_type?: string | undefined;
  inference_config?: unknown;
}

export function environmentDefinition(context: LoadContext, parts: EnvironmentParts): EnvironmentDefinition {
  const buildPath = parts.build?.path;
  return compact({
    image: parts.image,
    conda: condaContent(context, parts.conda_file),
    build:
      buildPath === undefined
        ? undefined
        : { path: locate(context, buildPath).path, dockerfilePath: parts.build?.dockerfile_path ?? "Dockerfile" },
    osType: parts.os_type,
    inferenceConfig: parts.inference_config === undefined ? undefined : plainData(parts.inference_config),
  });
}

function condaContent(context: LoadContext, conda: unknown): EnvironmentDefinition["conda"] | undefined {
  if (conda === undefined || conda === "") return undefined;
  if (typeof conda !== "string") return { text: jsonText(conda as PyValue) };
  const { path } = locate(context, conda);
  return { text: context.files.read(path) ?? "", path };
}

export function environmentOf(context: LoadContext, value: string | EnvironmentParts): LoadedEnvironmentField {
  if (typeof value === "string") return { kind: "reference", given: value, reference: parseReference(value) };
  return { kind: "inline", ...environmentDefinition(context, value) };
}
