import { randomInt } from "node:crypto";
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import type { z } from "zod";
import type { DocumentSource } from "#contract/entities/submit.ts";

const adjectives =
  "amiable brave bright calm clever cool crisp dapper eager fair fleet gentle gifted glad good happy honest jolly keen kind lively lucid mellow modest neat nimble patient placid plucky polite quiet ready silent sincere smart steady sunny sweet tidy upbeat vivid warm wise witty zesty".split(
    " ",
  );
const nouns =
  "anchor apple arch beach bell berry bird boat bridge brook canoe carrot cloud coast cove dinner door engine fig forest garden glove harbor hill island jetty kettle kite lamp lemon library lobster melon moon napkin onion orange parcel pear pier pillow plum reef river rose school shelf spinach star sugar ticket tooth train tree vase wharf yam".split(
    " ",
  );
const letters = "abcdefghijklmnopqrstuvwxyz0123456789";

/** A job's name as Azure ML makes them: `gifted_spinach_gq5yzh4xb4`. */
export function makeJobName(): string {
  const tail = Array.from({ length: 10 }, () => letters[randomInt(letters.length)]).join("");
  return `${adjectives[randomInt(adjectives.length)]}_${nouns[randomInt(nouns.length)]}_${tail}`;
}

/**
 * The name under which to submit, made before the request so that a lost reply is retried under it: the one that the
 * document (or a `--set name=…`) gives, else a new one. Undefined when the document cannot be read as YAML: the engine
 * says what is wrong with it.
 */
export async function jobNameFor(source: z.input<typeof DocumentSource>): Promise<string | undefined> {
  const set = source.overrides?.findLast((pair) => pair.startsWith("name="));
  if (set) return set.slice("name=".length);
  if (!/\.ya?ml$/i.test(source.file)) return makeJobName();
  try {
    const text = source.text ?? (await readFile(source.file, "utf8"));
    const document = parse(text, { logLevel: "error" }) as { name?: unknown } | null;
    if (document?.name === undefined) return makeJobName();
    return typeof document.name === "string" ? document.name : undefined;
  } catch {
    return undefined;
  }
}
