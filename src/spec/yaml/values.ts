/** A number that PyYAML reads as a float. JavaScript would forget that `1.0` is not `1`, and Python prints them differently. */
export class PyFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** A date without a time, as PyYAML makes of `2024-01-31`. */
export class PyDate {
  readonly text: string;
  /** @param text `YYYY-MM-DD` */
  constructor(text: string) {
    this.text = text;
  }
}

/** A date with a time, as PyYAML makes of a timestamp. */
export class PyDateTime {
  readonly text: string;
  /** @param text as Python's `str(datetime)` prints it */
  constructor(text: string) {
    this.text = text;
  }
}

/** Bytes from `!!binary`. */
export class PyBytes {
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** What a YAML scalar is in Python. An integer is a number while it is exact in JavaScript, else a bigint. */
export type PyScalar = null | boolean | number | bigint | string | PyFloat | PyDate | PyDateTime | PyBytes;

/** A YAML value as plain data. */
export type PyValue = PyScalar | PyValue[] | { [key: string]: PyValue };

/** A mapping, and neither a list nor one of the scalar classes. */
export function isPyMapping(value: unknown): value is { [key: string]: PyValue } {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof PyFloat) &&
    !(value instanceof PyDate) &&
    !(value instanceof PyDateTime) &&
    !(value instanceof PyBytes)
  );
}

/** The Python type's everyday name, for messages. */
export function typeNameOf(value: unknown): string {
  if (value === null || value === undefined) return "nothing (null)";
  if (typeof value === "boolean") return "a boolean";
  if (typeof value === "number" || typeof value === "bigint") return "an integer";
  if (typeof value === "string") return "text";
  if (value instanceof PyFloat) return "a float";
  if (value instanceof PyDate) return "a date";
  if (value instanceof PyDateTime) return "a timestamp";
  if (value instanceof PyBytes) return "binary data";
  if (Array.isArray(value)) return "a list";
  return "a mapping";
}
