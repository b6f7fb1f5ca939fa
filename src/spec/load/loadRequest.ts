import { parseOverrides } from "../overrides/parseOverrides.ts";
import type { Override } from "../overrides/override.ts";
import { load, type Loaded, type LoadOptions } from "./load.ts";

export interface LoadRequest extends Omit<LoadOptions, "overrides"> {
  /** The file's text; undefined for a document that fields alone make. */
  text: string | undefined;
  /** `--set` pairs as they were typed. */
  set: readonly string[];
  /** Fields of the command line. They win over the file and over `--set`, as `az` has it. */
  fields?: Readonly<Record<string, unknown>>;
}

/** Reads a document that a file, `--set` pairs and fields make together. Never throws: what is wrong is in `problems`. */
export function loadRequest({ text, set, fields = {}, ...options }: LoadRequest): Loaded {
  const parsed = parseOverrides([...set]);
  const given = Object.entries(fields).map(([key, value]) => override(key, value));
  const loaded = load(text ?? "{}\n", { ...options, overrides: [...parsed.overrides, ...given] });
  return { ...loaded, problems: [...parsed.problems, ...loaded.problems] };
}

function override(key: string, value: unknown): Override {
  const shown = typeof value === "string" ? value : JSON.stringify(value);
  return { set: [key], value: value as Extract<Override, { set: unknown }>["value"], flag: `${key}=${shown}` };
}
