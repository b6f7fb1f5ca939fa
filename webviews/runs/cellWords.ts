import type { RunTableRow } from "#contract/routes/runTable.ts";
import { language } from "../shared/l10n.ts";
import { durationWords, numberWords } from "../shared/words.ts";
import type { Column } from "./columns.ts";

type Value = RunTableRow["cells"][number];

const moments = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

/** A cell as a person reads it. Empty for a run that has no such value. */
export function cellWords(column: Column, value: Value): string {
  if (value === null) return "";
  if (column.kind === "metrics") return numberWords(value);
  if (column.kind !== "attributes" || typeof value === "string") return String(value);
  if (column.key === "duration") return durationWords(value * 1000);
  return column.key.endsWith("_time") ? moments.format(value) : String(value);
}

/** Whether the column's values stand at the right, digit under digit. */
export function isNumeric({ kind, key }: Column): boolean {
  return kind === "metrics" || (kind === "attributes" && key === "duration");
}

/** A sign beside the word, so that no state is told by its colour alone. */
export const statusSigns: Readonly<Record<string, string>> = {
  Completed: "✓",
  Failed: "✗",
  Canceled: "⊘",
  Running: "▶",
  Queued: "◷",
};

/** `params.lr = '0.1'`: the condition that holds for runs with this value. */
export function conditionOf(column: Column, value: Value): string {
  const left = fieldWords(column);
  if (value === null) return column.kind === "params" || column.kind === "tags" ? `${left} IS NULL` : "";
  if (typeof value === "number") return `${left} = ${value}`;
  if (column.kind === "metrics") return "";
  return `${left} = '${value.replaceAll("'", "''")}'`;
}

/** The column's name in a filter; keys with other characters stand between back-quotes. */
export function fieldWords({ kind, key }: Pick<Column, "kind" | "key">): string {
  if (kind === "attributes") return key;
  return `${kind}.${/^[\p{L}_][\p{L}\p{N}_]*$/u.test(key) ? key : key.includes("`") ? `"${key}"` : `\`${key}\``}`;
}
