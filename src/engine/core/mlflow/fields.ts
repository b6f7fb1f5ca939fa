import { invalidParameter } from "./fault.ts";

/** A parsed JSON object of a request. */
export type Fields = Record<string, unknown>;

const hint = "See the API docs for more information about request parameters.";

function pythonType(value: unknown): string {
  if (value === null || value === undefined) return "NoneType";
  if (typeof value === "string") return "str";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  return Array.isArray(value) ? "list" : "dict";
}

/** JSON with sorted keys and no spaces, as MLflow's messages quote values. */
function quoteValue(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    item !== null && typeof item === "object" && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

export function invalidValue(path: string, value: unknown, reason?: string): string {
  return `Invalid value ${quoteValue(value ?? null)} for parameter '${path}' supplied${reason ? `: ${reason}` : "."}`;
}

/** The fault of a field that is not of its type. */
export function wrongType(name: string, value: unknown) {
  return invalidParameter(`${invalidValue(name, value, ` Hint: Value was of type '${pythonType(value)}'.`)} ${hint}`);
}

export function missing(name: string) {
  return invalidParameter(`Missing value for required parameter '${name}'. ${hint}`);
}

const camel = new Map<string, string>();

/** A field by its proto name, or by its JSON name (`runId`), as MLflow's parser accepts both. Null is absent. */
export function field(fields: Fields, name: string): unknown {
  const value = fields[name];
  if (value !== undefined && value !== null) return value;
  let other = camel.get(name);
  if (other === undefined) {
    other = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    camel.set(name, other);
  }
  return other === name ? undefined : (fields[other] ?? undefined);
}

export function optionalString(fields: Fields, name: string): string | undefined {
  const value = field(fields, name);
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw wrongType(name, value);
  return value;
}

/** A string that must be there and not be empty. */
export function requiredString(fields: Fields, name: string): string {
  const value = optionalString(fields, name);
  if (value === undefined || value === "") throw missing(name);
  return value;
}

/** The run of a request: `run_id`, or its old name `run_uuid`. */
export function requiredRunId(fields: Fields): string {
  const id = optionalString(fields, "run_id") || optionalString(fields, "run_uuid");
  if (!id) throw missing("run_id");
  return id;
}

/** An int64: a whole number, or one written as text. Throws for anything else. */
export function optionalInt(fields: Fields, name: string): number | undefined {
  const value = field(fields, name);
  if (value === undefined) return undefined;
  const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number)) throw wrongType(name, value);
  return number;
}

/** A double: a number, a number as text, or `NaN`, `Infinity`, `-Infinity`. Undefined when it is something else. */
export function toDouble(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const number = Number(value);
  return Number.isNaN(number) && value !== "NaN" ? undefined : number;
}

export function optionalBoolean(fields: Fields, name: string): boolean | undefined {
  const value = field(fields, name);
  if (value === undefined || typeof value === "boolean") return value;
  const text = typeof value === "string" ? value.toLowerCase() : undefined;
  if (text === "true" || text === "false") return text === "true";
  throw wrongType(name, value);
}

/** A list of objects; absent is empty. */
export function objects(fields: Fields, name: string): Fields[] {
  const value = field(fields, name);
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw wrongType(name, value);
  for (const item of value as unknown[]) {
    if (item === null || typeof item !== "object" || Array.isArray(item)) throw wrongType(name, value);
  }
  return value as Fields[];
}

/** A list of strings; absent is empty. Numbers are taken as their text. */
export function strings(fields: Fields, name: string): string[] {
  const value = field(fields, name);
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw wrongType(name, value);
  return (value as unknown[]).map((item) => {
    if (typeof item === "number") return String(item);
    if (typeof item !== "string") throw wrongType(name, value);
    return item;
  });
}

export interface KeyValue {
  key: string;
  value: string;
}

/** A list of `{key, value}`. `path` is how a missing key is named. */
export function keyValues(fields: Fields, name: string): KeyValue[] {
  return objects(fields, name).map((item, index) => {
    const key = item["key"];
    if (key === undefined || key === null || key === "") throw missing(`${name}[${index}].key`);
    const value = item["value"] ?? "";
    if (typeof key !== "string" || typeof value !== "string") throw wrongType(name, [item]);
    return { key, value };
  });
}

/** The JSON object of a body. An empty body is an empty object; a doubly encoded one (old clients) is decoded twice. */
export function parseBody(body: string): Fields {
  if (body === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(body);
    if (typeof value === "string") value = JSON.parse(value);
  } catch {
    throw invalidParameter("The request body is not valid JSON.");
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw invalidParameter("The request body must be a JSON object.");
  }
  return value as Fields;
}

/** Fields of a query string; a repeated key is a list, as is every name in `lists`. */
export function parseQuery(query: string, lists: readonly string[] = []): Fields {
  const fields: Fields = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const before = fields[name];
    if (lists.includes(name)) (fields[name] ??= [] as string[]) as string[];
    if (Array.isArray(fields[name])) (fields[name] as string[]).push(value);
    else if (before === undefined) fields[name] = value;
  }
  return fields;
}
