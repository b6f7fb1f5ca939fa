import { atPlace, invalidParameter } from "./fault.ts";
import { filterTokens, isWord, placeOf, unquote, type FilterToken } from "./filterTokens.ts";

export type FilterValue =
  | { kind: "number"; number: number; integer: boolean; text: string }
  | { kind: "string"; string: string; text: string }
  | { kind: "list"; strings: string[]; text: string }
  | { kind: "numbers"; numbers: number[]; text: string };

/** `left comparator value`, before anything is known about what `left` names. No value with IS [NOT] NULL. */
export interface Clause {
  left: string;
  comparator: string;
  value: FilterValue | null;
}

/** Says from where on a filter could not be read. */
export function invalidClause(tokens: readonly FilterToken[]) {
  const words = tokens.map((token) => token.text).join(" ");
  return atPlace(invalidParameter(`Invalid clause(s) in filter string: '${words}'`), placeOf(tokens));
}

/** One comparison that begins at `at`, and where the next token stands. */
export function parseClause(tokens: readonly FilterToken[], at: number): { clause: Clause; next: number } {
  const left = tokens[at];
  if (left?.kind !== "name" && left?.kind !== "quoted") {
    if (left && tokens[at + 1]?.kind === "operator") {
      throw invalidParameter(`Invalid comparison clause. Expected 'Identifier' found '${left.text}'`);
    }
    throw invalidClause(tokens.slice(at));
  }
  const second = tokens[at + 1];
  if (isWord(second, "IS")) return parseNull(tokens, at, left.text);
  const not = isWord(second, "NOT");
  if (not && !isWord(tokens[at + 2], "IN")) throw invalidClause(tokens.slice(at));
  if (not || isWord(second, "IN")) {
    const { value, next } = parseList(tokens, at + (not ? 3 : 2));
    return { clause: { left: left.text, comparator: not ? "NOT IN" : "IN", value }, next };
  }
  if (second?.kind !== "operator" && !isWord(second, "LIKE") && !isWord(second, "ILIKE")) {
    throw invalidClause(tokens.slice(at));
  }
  const comparator = (second as FilterToken).text.toUpperCase();
  return { clause: { left: left.text, comparator, value: parseValue(tokens, at) }, next: at + 3 };
}

/** `x IS NULL` and `x IS NOT NULL`. */
function parseNull(tokens: readonly FilterToken[], at: number, left: string): { clause: Clause; next: number } {
  const not = isWord(tokens[at + 2], "NOT");
  const end = at + (not ? 3 : 2);
  if (!isWord(tokens[end], "NULL")) throw invalidClause(tokens.slice(at));
  return { clause: { left, comparator: not ? "IS NOT NULL" : "IS NULL", value: null }, next: end + 1 };
}

function parseValue(tokens: readonly FilterToken[], at: number): FilterValue {
  const token = tokens[at + 2];
  if (token?.kind === "number") {
    const integer = /^-?\d+$/.test(token.text);
    return { kind: "number", number: Number(token.text), integer, text: token.text };
  }
  if (token?.kind === "string" || (token?.kind === "quoted" && token.text.startsWith('"'))) {
    return { kind: "string", string: unquote(token.text), text: token.text };
  }
  if (token?.kind === "name" || token?.kind === "quoted") {
    throw invalidParameter(
      "Parameter value is either not quoted or unidentified quote " +
        `types used for string value ${token.text}. Use either single or double quotes.`,
    );
  }
  throw invalidClause(tokens.slice(at));
}

/** `('a', 'b')`, or `(1, 2)`: MLflow has lists of texts only. */
function parseList(tokens: readonly FilterToken[], open: number): { value: FilterValue; next: number } {
  if (tokens[open]?.kind !== "open") throw invalidClause(tokens.slice(Math.max(0, open - 2)));
  const items: FilterToken[] = [];
  let at = open + 1;
  while (tokens[at] && tokens[at]?.kind !== "close") {
    const item = tokens[at] as FilterToken;
    const separator = tokens[at + 1]?.kind;
    if (!["string", "quoted", "number"].includes(item.kind) || (separator !== "comma" && separator !== "close")) {
      throw illFormedList();
    }
    items.push(item);
    at += separator === "comma" ? 2 : 1;
  }
  if (!tokens[at]) throw illFormedList();
  if (items.length === 0) {
    throw invalidParameter(
      "While parsing a list in the query, expected a non-empty list of string values, but got empty list",
    );
  }
  return { value: listOf(items), next: at + 1 };
}

function listOf(items: readonly FilterToken[]): FilterValue {
  const numbers = items.filter((item) => item.kind === "number");
  const texts = numbers.map((item) => item.text);
  if (numbers.length === items.length) {
    return { kind: "numbers", numbers: texts.map(Number), text: `(${texts.join(", ")})` };
  }
  if (numbers.length > 0) throw differentType(`(${texts.join(", ")},)`);
  const strings = items.map((item) => unquote(item.text));
  return { kind: "list", strings, text: `(${strings.map((item) => `'${item}'`).join(", ")})` };
}

/** MLflow's words for a number in a list of texts. */
export function differentType(items: string) {
  return invalidParameter(
    "While parsing a list in the query, expected string value, punctuation, or whitespace, " +
      `but got different type in list: ${items}`,
  );
}

function illFormedList() {
  return invalidParameter(
    "While parsing a list in the query, expected a non-empty list of string values, but got ill-formed list.",
  );
}

export interface OrderTerm {
  left: string;
  ascending: boolean;
}

/** `metrics.loss DESC`: a name and, perhaps, a direction. */
export function parseOrderTerm(term: string): OrderTerm {
  const tokens = filterTokens(term);
  const [left, direction] = tokens;
  if ((left?.kind !== "name" && left?.kind !== "quoted") || tokens.length > 2) {
    throw invalidParameter(`Invalid order_by clause '${term}'. Could not be parsed.`);
  }
  if (direction && !isWord(direction, "ASC") && !isWord(direction, "DESC")) {
    throw invalidParameter(`Invalid ordering key in order_by clause '${term}'.`);
  }
  return { left: left.text, ascending: !isWord(direction, "DESC") };
}

/** Splits `prefix.key` at its first dot. A name without a dot has no prefix. */
export function splitName(name: string): { prefix: string | null; key: string } {
  const match = /^\s*(`[^`]*`|"[^"]*"|[^.\s]+)\s*\.\s*/u.exec(name);
  if (!match) return { prefix: null, key: unquote(name) };
  return { prefix: unquote(match[1] as string), key: unquote(name.slice(match[0].length)) };
}
