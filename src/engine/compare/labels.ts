import type { TableRow } from "./table.ts";

/** More than this in a label hides what it says. */
const mostWords = 3;
const longestValue = 24;

/**
 * A few words for each run that say what was done differently: `lr 1e-3 → 3e-4`, `code`, `data x`. Only causes count: a
 * metric is what came of them.
 */
export function labelsOf(rows: readonly TableRow[], runs: number, baseline: number): string[] {
  const causes = rows.filter((row) => row.differs && wordsFor(row, baseline, baseline) !== undefined);
  return Array.from({ length: runs }, (_, run) => {
    if (run === baseline) return "baseline";
    const changed = causes.filter((row) => row.identities[run] !== row.identities[baseline]);
    const words = [...new Set(changed.map((row) => wordsFor(row, baseline, run) ?? ""))];
    if (words.length === 0) return "same as the baseline";
    const more = words.length - mostWords;
    return `${words.slice(0, mostWords).join(", ")}${more > 0 ? `, ${more} more` : ""}`;
  });
}

/** How a label names a row that differs; undefined for rows that are no cause. */
function wordsFor(row: TableRow, from: number, to: number): string | undefined {
  const change = (): string => changeWords(row.key, row.values[from] ?? null, row.values[to] ?? null);
  switch (row.group) {
    case "parameters":
      return change();
    case "inputs":
      return row.values.every((value, run) => value === row.identities[run]) && !/[/\\:]/u.test(row.values.join(""))
        ? change()
        : `data ${row.key}`;
    case "code":
      return row.key === "snapshot" ? "code" : row.key === "command" ? "command" : undefined;
    case "environment":
      return row.key.startsWith("$") ? change() : "environment";
    case "hardware":
      return row.key === "compute" || row.key === "gpus" ? change() : "hardware";
    default:
      return undefined;
  }
}

function changeWords(key: string, from: string | null, to: string | null): string {
  if (from === null) return `${key} ${cut(to ?? "")} added`;
  if (to === null) return `${key} removed`;
  return `${key} ${cut(from)} → ${cut(to)}`;
}

function cut(value: string): string {
  return value.length > longestValue ? `${value.slice(0, longestValue - 1)}…` : value;
}
