import { PyBytes, PyDate, PyDateTime, PyFloat, type PyScalar, type PyValue } from "./values.ts";

/** `repr(float)`: the shortest digits that read back, an exponent of at least two digits below 1e-4 and from 1e16 on. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  if (value === 0) return "0.0";
  const [mantissa = "", exponentText = "0"] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const exponent = Number(exponentText);
  const sign = value < 0 ? "-" : "";
  if (exponent < -4 || exponent >= 16) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${sign}${whole}.${digits.slice(exponent + 1) || "0"}`;
}

/** Python's `str(value)`, which Azure ML uses to put a literal into a command. */
export function pythonStr(value: PyValue): string {
  return typeof value === "string" ? value : pythonRepr(value);
}

/** Python's `repr(value)`. */
export function pythonRepr(value: PyValue): string {
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(", ")}]`;
  if (isScalar(value)) return scalarRepr(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${pythonRepr(mappingKey(key))}: ${pythonRepr(item)}`)
    .join(", ")}}`;
}

function isScalar(value: PyValue): value is PyScalar {
  return (
    typeof value !== "object" ||
    value === null ||
    value instanceof PyFloat ||
    value instanceof PyDate ||
    value instanceof PyDateTime ||
    value instanceof PyBytes
  );
}

function scalarRepr(value: PyScalar): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return stringRepr(value);
  if (value instanceof PyFloat) return pythonFloat(value.value);
  if (value instanceof PyDate || value instanceof PyDateTime) return value.text;
  if (value instanceof PyBytes) return bytesRepr(value.bytes);
  return String(value);
}

const namedEscapes: Record<string, string> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function stringRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let body = "";
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const named = namedEscapes[character];
    if (named !== undefined) body += named;
    else if (character === quote) body += `\\${character}`;
    else if (character === " " || !/[\p{C}\p{Z}]/u.test(character)) body += character;
    else if (code < 0x100) body += `\\x${code.toString(16).padStart(2, "0")}`;
    else if (code < 0x10000) body += `\\u${code.toString(16).padStart(4, "0")}`;
    else body += `\\U${code.toString(16).padStart(8, "0")}`;
  }
  return `${quote}${body}${quote}`;
}

function bytesRepr(bytes: Uint8Array): string {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'";
  let body = "";
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    const named = namedEscapes[character];
    if (named !== undefined) body += named;
    else if (character === quote) body += `\\${character}`;
    else if (byte >= 0x20 && byte < 0x7f) body += character;
    else body += `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return `b${quote}${body}${quote}`;
}

/** Marks a mapping key that is no string in the file (`1:`, `yes:`), followed by what Python prints for it. */
export const nonStringKeyMark = "\u0000";

function mappingKey(key: string): PyValue {
  if (!key.startsWith(nonStringKeyMark)) return key;
  const printed = key.slice(1);
  if (printed === "None") return null;
  if (printed === "True" || printed === "False") return printed === "True";
  return new PyDate(printed);
}

/** A mapping key as a person wrote it. */
export function keyText(key: string): string {
  return key.startsWith(nonStringKeyMark) ? key.slice(1) : key;
}
