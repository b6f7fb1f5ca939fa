import type { RunTableColumns } from "#contract/routes/runTable.ts";
import { l10n, language } from "../shared/l10n.ts";
import { attributeColumns, toColumn } from "./columns.ts";
import { fieldWords } from "./cellWords.ts";

/** What may stand at the caret, and which part of the text it takes the place of. */
export interface Completion {
  from: number;
  to: number;
  /** What is typed of it already. */
  typed: string;
  expects: "field" | "comparator" | "value" | "list" | "joint";
  /** The column whose values are asked for, with `value`. */
  column: string;
}

const pattern =
  /\s+|[\p{L}_$][\p{L}\p{N}_$]*(?:\s*\.\s*(?:[\p{L}\p{N}_$/-]+|`[^`]*`?|"[^"]*"?)?)?|'(?:''|[^'])*'?|"[^"]*"?|`[^`]*`?|-?[\d.][\w.+-]*|[<>=~!]+|[(),]|./gsuy;

/** Reads the filter up to the caret. Never fails: what it does not know it steps over. */
export function completionAt(text: string, caret: number): Completion {
  let expects: Completion["expects"] = "field";
  let before: Pick<Completion, "expects" | "column"> = { expects: "field", column: "" };
  let column = "";
  let inList = false;
  let token = { text: "", at: 0 };
  const left = text.slice(0, caret);
  for (const match of left.matchAll(pattern)) {
    if (/^\s+$/u.test(match[0])) continue;
    token = { text: match[0], at: match.index };
    before = { expects, column };
    [expects, column, inList] = after(token.text, expects, column, inList);
  }
  const touches = token.text !== "" && token.at + token.text.length === caret && !/^[(),]$/u.test(token.text);
  // An operator is whole as it stands; what follows it is asked for.
  const whole = /^[<>=~!]+$/u.test(token.text);
  if (!touches || whole) return { from: caret, to: caret, typed: "", expects, column };
  const rest = /^[\p{L}\p{N}_$./`-]*/u.exec(text.slice(caret))?.[0] ?? "";
  const quoted = /^['"]/u.test(token.text);
  return { from: token.at, to: quoted ? caret : caret + rest.length, typed: token.text, ...before };
}

function after(
  token: string,
  expects: Completion["expects"],
  column: string,
  inList: boolean,
): [Completion["expects"], string, boolean] {
  const word = token.toUpperCase();
  if (word === "AND" || word === "OR") return ["field", "", false];
  switch (expects) {
    case "field":
      return token === "(" || word === "NOT" ? ["field", "", false] : ["comparator", columnOf(token), false];
    case "comparator":
      if (word === "NOT" || word === "IS") return ["comparator", column, false];
      if (word === "NULL") return ["joint", "", false];
      return word === "IN" ? ["list", column, false] : ["value", column, false];
    case "list":
      return token === "(" ? ["value", column, true] : ["list", column, false];
    case "value":
      if (inList) return [token === ")" ? "joint" : token === "," ? "value" : "value", column, token !== ")"];
      return ["joint", "", false];
    default:
      return ["joint", "", false];
  }
}

const kinds: Readonly<Record<string, string>> = {
  ...{ metric: "metrics", metrics: "metrics", param: "params", params: "params", parameter: "params" },
  ...{ parameters: "params", tag: "tags", tags: "tags", attr: "attributes", attribute: "attributes" },
  ...{ attributes: "attributes", run: "attributes" },
};

/** The column that a field of a filter names. */
function columnOf(field: string): string {
  const match = /^([^.\s]+)\s*\.\s*(.*)$/su.exec(field);
  if (!match) return `attributes.${field}`;
  const kind = kinds[match[1] ?? ""];
  return kind ? `${kind}.${(match[2] ?? "").replace(/^[`"]|[`"]$/gu, "")}` : "";
}

export interface Suggestion {
  text: string;
  /** A few words beside it. */
  note: string;
}

const comparators = ["=", "!=", "<", "<=", ">", ">="];
const textComparators = ["=", "!=", "LIKE", "ILIKE", "IN (", "NOT IN (", "IS NULL", "IS NOT NULL"];
const mostShown = 60;

/** What fits at the caret. `values` are those that the engine knows for the column. */
export function suggestions(at: Completion, known: RunTableColumns, values: readonly string[]): Suggestion[] {
  const typed = at.typed.toLowerCase();
  const fits = (text: string): boolean => text.toLowerCase().includes(typed.replace(/[`"']/gu, ""));
  switch (at.expects) {
    case "field":
      return fields(known)
        .filter(({ text }) => fits(text.replace(/[`"]/gu, "")))
        .sort((a, b) => Number(b.text.toLowerCase().startsWith(typed)) - Number(a.text.toLowerCase().startsWith(typed)))
        .slice(0, mostShown);
    case "comparator": {
      const numeric =
        at.column.startsWith("metrics.") || /^attributes\.(?:duration|start_time|end_time)$/u.test(at.column);
      const all = numeric
        ? comparators
        : at.column.startsWith("params.")
          ? [...comparators, ...textComparators.slice(2)]
          : textComparators;
      return all.filter(fits).map((text) => ({ text, note: "" }));
    }
    case "value":
      return values.filter(fits).map((value) => ({ text: valueWords(at.column, value), note: "" }));
    case "list":
      return [{ text: "(", note: l10n.t("a list") }];
    case "joint":
      return ["AND", "OR"].filter(fits).map((text) => ({ text, note: "" }));
  }
}

function valueWords(column: string, value: string): string {
  const number = column.startsWith("params.") && /^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/iu.test(value);
  return number ? value : `'${value.replaceAll("'", "''")}'`;
}

function fields(known: RunTableColumns): Suggestion[] {
  const own = attributeColumns.map(toColumn).map((column) => ({ text: fieldWords(column), note: column.title }));
  return [
    ...own,
    ...known.columns.map(({ kind, key, runs }) => ({
      text: fieldWords({ kind, key }),
      note: runs === 1 ? l10n.t("1 run") : l10n.t("{0} runs", runs.toLocaleString(language)),
    })),
  ];
}
