import { PyBytes, PyDate, PyDateTime, PyFloat, type PyScalar } from "./values.ts";

/** The scalar tags that Azure's loader (PyYAML's SafeLoader) knows. */
export type ScalarTag = "str" | "bool" | "int" | "float" | "null" | "timestamp" | "merge" | "value" | "binary";

/** A plain scalar that PyYAML recognises by its shape and then cannot construct (`0b_`, `2024-13-45`). */
export class ScalarError extends Error {}

const boolPattern = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const floatPattern =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const intPattern =
  /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const nullPattern = /^(?:~|null|Null|NULL|)$/;
const datePattern = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const timestampPattern =
  /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]*))?(?:[ \t]*(Z|([-+])([0-9]{1,2})(?::([0-9]{2}))?))?$/;

/** The tag that PyYAML gives a plain scalar. The first character chooses which patterns are asked, as in PyYAML. */
export function implicitTag(text: string): ScalarTag {
  if (nullPattern.test(text)) return "null";
  const first = text[0]!;
  if ("yYnNtTfFoO".includes(first) && boolPattern.test(text)) return "bool";
  if ("-+0123456789.".includes(first) && floatPattern.test(text)) return "float";
  if ("-+0123456789".includes(first) && intPattern.test(text)) return "int";
  if (text === "<<") return "merge";
  if ("0123456789".includes(first) && (datePattern.test(text) || timestampPattern.test(text))) return "timestamp";
  if (text === "=") return "value";
  return "str";
}

/** Python's value of a scalar's text under a tag. Throws ScalarError where PyYAML throws. */
export function constructScalar(tag: ScalarTag, text: string): PyScalar {
  switch (tag) {
    case "str":
    case "merge":
      return text;
    case "null":
      return null;
    case "bool":
      return constructBool(text);
    case "int":
      return constructInt(text);
    case "float":
      return constructFloat(text);
    case "timestamp":
      return constructTimestamp(text);
    case "binary":
      return constructBinary(text);
    case "value":
      throw new ScalarError("a lone '=' has a meaning in YAML that Azure's loader does not know");
  }
}

function constructBool(text: string): boolean {
  const lower = text.toLowerCase();
  if (["yes", "true", "on"].includes(lower)) return true;
  if (["no", "false", "off"].includes(lower)) return false;
  throw new ScalarError(`'${text}' is not a boolean`);
}

function constructInt(text: string): number | bigint {
  let digits = text.replaceAll("_", "");
  const negative = digits.startsWith("-");
  if (/^[-+]/.test(digits)) digits = digits.slice(1);
  let value: bigint;
  if (digits === "0") value = 0n;
  else if (digits.startsWith("0b")) value = parseDigits(digits.slice(2), 2, text);
  else if (digits.startsWith("0x")) value = parseDigits(digits.slice(2), 16, text);
  else if (digits.startsWith("0")) value = parseDigits(digits.slice(1), 8, text);
  else if (digits.includes(":")) {
    const parts = digits.split(":");
    if (parts.length > 100) throw new ScalarError("the number in base 60 has more than 100 places");
    value = 0n;
    for (const part of parts) value = value * 60n + parseDigits(part, 10, text);
  } else value = parseDigits(digits, 10, text);
  if (negative) value = -value;
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

const digitsOfBase: Record<number, RegExp> = { 2: /^[01]+$/, 8: /^[0-7]+$/, 10: /^[0-9]+$/, 16: /^[0-9a-fA-F]+$/ };

function parseDigits(digits: string, base: 2 | 8 | 10 | 16, text: string): bigint {
  if (!digitsOfBase[base]!.test(digits)) throw new ScalarError(`'${text}' is not an integer`);
  // Longer integers than Python itself converts (sys.int_info.default_max_str_digits).
  if (digits.length > 4300) throw new ScalarError("the integer has more than 4,300 digits");
  if (base === 10) return BigInt(digits);
  return BigInt(`${base === 2 ? "0b" : base === 8 ? "0o" : "0x"}${digits}`);
}

function constructFloat(text: string): PyFloat {
  let digits = text.replaceAll("_", "").toLowerCase();
  const sign = digits.startsWith("-") ? -1 : 1;
  if (/^[-+]/.test(digits)) digits = digits.slice(1);
  if (digits === ".inf") return new PyFloat(sign * Infinity);
  if (digits === ".nan") return new PyFloat(NaN);
  if (digits.includes(":")) {
    let value = 0;
    let base = 1;
    for (const part of digits.split(":").reverse()) {
      value += toNumber(part, text) * base;
      base *= 60;
    }
    return new PyFloat(sign * value);
  }
  return new PyFloat(sign * toNumber(digits, text));
}

function toNumber(digits: string, text: string): number {
  if (!/^(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?$/.test(digits)) {
    throw new ScalarError(`'${text}' is not a float`);
  }
  return Number(digits);
}

function constructTimestamp(text: string): PyDate | PyDateTime {
  if (datePattern.test(text)) {
    const [year = 0, month = 0, day = 0] = text.split("-").map(Number);
    requireDate(year, month, day, text);
    return new PyDate(text);
  }
  const match = timestampPattern.exec(text);
  if (!match) throw new ScalarError(`'${text}' is not a timestamp`);
  const [, yearText = "", monthText = "", dayText = "", hour = "", minute = "", second = ""] = match;
  const [fraction = "", zone, zoneSign = "", zoneHour = "0", zoneMinute = "0"] = match.slice(7);
  requireDate(Number(yearText), Number(monthText), Number(dayText), text);
  requireTime(Number(hour), Number(minute), Number(second), text);
  const micros = fraction.slice(0, 6).padEnd(6, "0");
  const offset = zone === undefined ? "" : zone === "Z" ? "+00:00" : zoneOffset(zoneSign, zoneHour, zoneMinute, text);
  const day = `${yearText}-${pad(Number(monthText))}-${pad(Number(dayText))}`;
  const time = `${pad(Number(hour))}:${minute}:${second}${micros === "000000" ? "" : `.${micros}`}`;
  return new PyDateTime(`${day} ${time}${offset}`);
}

function requireTime(hour: number, minute: number, second: number, text: string): void {
  if (hour > 23 || minute > 59 || second > 59) throw new ScalarError(`'${text}' has no such time of day`);
}

function zoneOffset(sign: string, hours: string, minutes: string, text: string): string {
  const total = Number(hours) * 60 + Number(minutes);
  if (total >= 24 * 60) throw new ScalarError(`'${text}' has no such time zone`);
  return `${total === 0 ? "+" : sign}${pad(Math.floor(total / 60))}:${pad(total % 60)}`;
}

function requireDate(year: number, month: number, day: number, text: string): void {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  if (year < 1 || days === undefined || day < 1 || day > days) {
    throw new ScalarError(`'${text}' looks like a date and there is no such day; quote it to make it a string`);
  }
}

const pad = (value: number): string => String(value).padStart(2, "0");

function constructBinary(text: string): PyBytes {
  const compact = text.replace(/\s+/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact) || compact.length % 4 !== 0) {
    throw new ScalarError("the !!binary value is not base64");
  }
  return new PyBytes(Uint8Array.from(atob(compact), (character) => character.charCodeAt(0)));
}
