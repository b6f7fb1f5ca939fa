import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import type * as z from "zod";
import { createJobName } from "#base/jobName.ts";
import type { DocumentSource } from "#contract/entities/submit.ts";

/**
 * The name under which to submit, made before the request so that a lost reply is retried under it: the one that the
 * document (or a `--set name=…`) gives, else a new one. Undefined when the document cannot be read as YAML: the engine
 * says what is wrong with it.
 */
export async function jobNameFor(source: z.input<typeof DocumentSource>): Promise<string | undefined> {
  const set = source.overrides?.findLast((pair) => pair.startsWith("name="));
  if (set) return set.slice("name=".length);
  if (!/\.ya?ml$/i.test(source.file)) return createJobName();
  try {
    const text = source.text ?? (await readFile(source.file, "utf8"));
    const document = parse(text, { logLevel: "error" }) as { name?: unknown } | null;
    if (document?.name === undefined) return createJobName();
    return typeof document.name === "string" ? document.name : undefined;
  } catch {
    return undefined;
  }
}
