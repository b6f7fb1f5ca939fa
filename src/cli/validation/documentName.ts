import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { load, parseOverrides, type Family } from "#spec/index.ts";
import { diskFiles } from "./fileProvider.ts";

/** The name that a YAML file gives, with `--set` in it; undefined when it gives none or is not valid. */
export function readDocumentName(file: string, options: { set: string[]; expect: Family }): string | undefined {
  const { overrides } = parseOverrides(options.set);
  const path = resolve(file);
  return load(readFileSync(path, "utf8"), { path, files: diskFiles, overrides, expect: options.expect }).document?.name;
}
