import { atPlace, invalidParameter, type Place } from "./fault.ts";

/**
 * A piece of a filter. `name` is an identifier with its quotes (`metrics."val loss"`), `quoted` a text in double
 * quotes or back-quotes that stands alone (a name or a value, as its place decides).
 */
export interface FilterToken {
  kind: "name" | "quoted" | "string" | "number" | "operator" | "open" | "close" | "comma";
  text: string;
  /** Where it begins in the filter. */
  at: number;
}

const patterns: readonly (readonly [FilterToken["kind"], RegExp])[] = [
  ["number", /-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])/y],
  ["name", /[\p{L}_$][\p{L}\p{N}_$]*(?:\s*\.\s*(?:[\p{L}\p{N}_$]+|`[^`]*`|"[^"]*"|'[^']*'))*/uy],
  ["name", /(?:`[^`]*`|"[^"]*")(?:\s*\.\s*(?:[\p{L}\p{N}_$]+|`[^`]*`|"[^"]*"|'[^']*'))+/uy],
  ["quoted", /`[^`]*`|"[^"]*"/y],
  ["string", /'(?:''|[^'])*'/y],
  ["operator", /[<>=~!]+/y],
  ["open", /\(/y],
  ["close", /\)/y],
  ["comma", /,/y],
];
const space = /\s*/y;

/** Cuts a filter into tokens. Throws INVALID_PARAMETER_VALUE at the first character that begins none. */
export function filterTokens(filter: string): FilterToken[] {
  const tokens: FilterToken[] = [];
  let at = 0;
  for (;;) {
    space.lastIndex = at;
    space.exec(filter);
    at = space.lastIndex;
    if (at >= filter.length) return tokens;
    const token = tokenAt(filter, at);
    if (!token) {
      const fault = invalidParameter(`Invalid clause(s) in filter string: '${filter.slice(at)}'`);
      throw atPlace(fault, { at, end: filter.length });
    }
    tokens.push(token);
    at += token.text.length;
  }
}

function tokenAt(filter: string, at: number): FilterToken | undefined {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const match = pattern.exec(filter);
    if (match) return { kind, text: match[0], at };
  }
  return undefined;
}

/** Takes the quotes off a text, whichever they are. */
export function unquote(text: string): string {
  const first = text[0];
  if (text.length >= 2 && (first === "'" || first === '"' || first === "`") && text.endsWith(first)) {
    const inner = text.slice(1, -1);
    return first === "'" ? inner.replaceAll("''", "'") : inner;
  }
  return text;
}

/** Where a stretch of tokens stands in their filter. */
export function placeOf(tokens: readonly FilterToken[]): Place {
  const last = tokens.at(-1);
  return { at: tokens[0]?.at ?? 0, end: last ? last.at + last.text.length : 0 };
}

export function isWord(token: FilterToken | undefined, word: string): boolean {
  return token?.kind === "name" && token.text.toUpperCase() === word;
}
