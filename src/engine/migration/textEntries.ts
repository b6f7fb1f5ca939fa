import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { errnoOf } from "#base/errors.ts";
import type { Pair } from "../core/mlflow/foreign.ts";

/** Why a file of another store is not taken, with its place. */
export class Unreadable extends Error {
  readonly place: string;

  constructor(place: string, reason: string) {
    super(reason);
    this.name = "Unreadable";
    this.place = place;
  }
}

/** Bytes of a file of metadata, and of the points of one metric. */
const largestText = 16 * 1024 * 1024;
const largestHistory = 1024 ** 3;
/** Folders within each other: a key is 250 characters, and each folder takes two of them. */
const deepest = 130;

/** The text of a plain file. A link, a folder, or one that is too large throws {@link Unreadable}. */
function readText(path: string, limit = largestText): string {
  try {
    const found = lstatSync(path);
    if (!found.isFile()) throw new Unreadable(path, "It is no plain file.");
    if (found.size > limit) throw new Unreadable(path, `It is larger than ${limit} bytes.`);
    return readFileSync(path, "utf8");
  } catch (thrown) {
    if (thrown instanceof Unreadable) throw thrown;
    throw new Unreadable(
      path,
      errnoOf(thrown) === "ENOENT" ? "It is missing." : `It cannot be read (${errnoOf(thrown)}).`,
    );
  }
}

export function readHistory(path: string): string {
  return readText(path, largestHistory);
}

/** A `meta.yaml`. All values are texts: ids of MLflow are larger than the numbers of JavaScript. */
export class Meta {
  readonly place: string;
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(path: string) {
    this.place = path;
    let values: unknown;
    try {
      values = parse(readText(path), { schema: "failsafe", maxAliasCount: 0 });
    } catch (thrown) {
      if (thrown instanceof Unreadable) throw thrown;
      throw new Unreadable(path, `It is no YAML: ${(thrown as Error).message.split("\n")[0]}`);
    }
    if (values === null || typeof values !== "object" || Array.isArray(values)) {
      throw new Unreadable(path, "It holds no mapping.");
    }
    this.#values = values as Record<string, unknown>;
  }

  /** A text; null when it is not there or is YAML's null. */
  optional(key: string): string | null {
    const value = Object.hasOwn(this.#values, key) ? this.#values[key] : undefined;
    return typeof value !== "string" || value === "null" || value === "~" ? null : value;
  }

  text(key: string): string {
    // Something may well be named `null`.
    const value = Object.hasOwn(this.#values, key) ? this.#values[key] : undefined;
    if (typeof value !== "string") throw new Unreadable(this.place, `It has no '${key}'.`);
    return value;
  }

  optionalNumber(key: string): number | null {
    const value = this.optional(key);
    if (value === null || value === "") return null;
    if (/^-?\d+(\.\d*)?$/.test(value)) return Math.trunc(Number(value));
    throw new Unreadable(this.place, `Its '${key}' is no number: ${value.slice(0, 80)}`);
  }

  pairs(key: string): Pair[] {
    const value = this.#values[key];
    if (value === null || typeof value !== "object") return [];
    return Object.entries(value).map(([name, text]) => [name, String(text)]);
  }
}

/** Names of what lies in a folder, sorted; nothing when there is no such folder. A link is no folder. */
export function namesIn(folder: string): string[] {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() ? readdirSync(folder).sort() : [];
}

/** Keys of params, tags or metrics: plain files below a folder, whose paths are the keys. */
export function keysBelow(folder: string, below = "", depth = 0): string[] {
  if (depth > deepest) throw new Unreadable(folder, "Folders lie too deep within each other.");
  const keys: string[] = [];
  for (const name of namesIn(join(folder, below))) {
    const key = below === "" ? name : `${below}/${name}`;
    const found = lstatSync(join(folder, key));
    if (found.isDirectory()) keys.push(...keysBelow(folder, key, depth + 1));
    else if (found.isFile()) keys.push(key);
    else throw new Unreadable(join(folder, key), "It is no plain file.");
  }
  return keys;
}

export function readPairs(folder: string): Pair[] {
  return keysBelow(folder).map((key) => [key, readText(join(folder, key))]);
}
