import * as z from "zod";
import { nonStringKeyMark } from "../yaml/pythonStr.ts";
import { isPyMapping, PyFloat } from "../yaml/values.ts";

/**
 * The field types of Azure's own loader (marshmallow), with exactly its coercions: it takes "4" for an integer and "yes"
 * for a boolean, but no number for a string.
 */

export const text = z.string();

/** An integer: also its digits as text, and a float, which is cut (`int(4.7)` is 4). A boolean is no integer. */
export const integer = z.preprocess(toInteger, z.int());

/** An integer of at least `min` (and at most `max`). */
export function integerFrom(min: number, max?: number) {
  const bounded = z.int().min(min);
  return z.preprocess(toInteger, max === undefined ? bounded : bounded.max(max));
}

function toInteger(value: unknown): unknown {
  if (value instanceof PyFloat && Number.isFinite(value.value)) return Math.trunc(value.value);
  if (typeof value === "string" && /^\s*[-+]?[0-9]+(?:_[0-9]+)*\s*$/.test(value)) {
    return Number(value.replaceAll("_", ""));
  }
  return value;
}

const truthy = ["t", "T", "true", "True", "TRUE", "on", "On", "ON", "y", "Y", "yes", "Yes", "YES", "1"];
const falsy = ["f", "F", "false", "False", "FALSE", "off", "Off", "OFF", "n", "N", "no", "No", "NO", "0"];

/** A boolean: also 0, 1 and the words that Python's loader takes for one. */
export const bool = z.preprocess((value) => {
  const plain = value instanceof PyFloat ? value.value : value;
  if (plain === 1 || (typeof plain === "string" && truthy.includes(plain))) return true;
  if (plain === 0 || (typeof plain === "string" && falsy.includes(plain))) return false;
  return value;
}, z.boolean());

type Casing = "exact" | "lower" | "snake" | "pascal";

/** One of a few words. `casing` is how Azure folds what was written before it compares. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words, casing: Casing = "lower") {
  return z.preprocess((value) => (typeof value === "string" ? folded[casing](value) : value), z.enum(words));
}

const folded: Record<Casing, (text: string) => string> = {
  exact: (value) => value,
  lower: (value) => value.toLowerCase(),
  snake: (value) =>
    value
      .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
      .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
      .toLowerCase(),
  pascal: (value) =>
    value
      .split("_")
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
      .join(""),
};

/** A mapping with these keys and no others. */
export function mapping<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.preprocess(refuseScalars, z.strictObject(shape));
}

/** A mapping with these keys; others are kept as they are. */
export function openMapping<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const keysAreText = (value: object): boolean => !Object.keys(value).some((key) => key.startsWith(nonStringKeyMark));
  return z.preprocess(refuseScalars, z.looseObject(shape).refine(keysAreText, "one of its keys is not text"));
}

/** Keeps a float or a date, which are objects here, from passing for a mapping. */
function refuseScalars(value: unknown): unknown {
  return isPyMapping(value) || typeof value !== "object" ? value : String(value);
}

const stringKey = z.string().refine((key) => !key.startsWith(nonStringKeyMark), { message: "the key is not a string" });

/** A mapping from any name to one kind of value. */
export function dictionaryOf<Value extends z.ZodType>(value: Value) {
  return z.record(stringKey, value);
}

/** A mapping whose values may be anything. */
export const anyDictionary = z.record(stringKey, z.unknown());

/** A mapping whose keys may be numbers and dates too. */
export const rawDictionary = z.record(z.string(), z.unknown());

/** Anything but null. */
export const notNull = z.unknown().refine((value) => value !== null, "it needs a value");

/** A key that Azure writes and ignores when it reads (a file saved with `az ml … show` can be sent again). */
export const readOnly = notNull.optional().meta({ description: "Written by the service and ignored in a file." });

export const schemaUrl = notNull
  .optional()
  .meta({ description: "The JSON schema of this file. It tells editors what kind of file this is." });

/** A version. Numbers become text (`1` is "1", `1.0` is "1.0"). */
export const version = z.preprocess((value) => {
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (value instanceof PyFloat) return Number.isInteger(value.value) ? `${value.value}.0` : String(value.value);
  if (typeof value === "boolean") return value ? "True" : "False";
  return value;
}, z.string());

export const stringTags = dictionaryOf(text).meta({ description: "Labels of your own: names and values, all text." });
