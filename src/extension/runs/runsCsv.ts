import type { RunTableRow } from "#contract/routes/runTable.ts";
import { csvText } from "../compare/csv.ts";

/** A row for each run and a column for each column of the table, values as they were logged, times as ISO 8601. */
export function runsCsv(columns: readonly string[], rows: readonly RunTableRow[]): string {
  const header = ["name", "display_name", "status", ...columns];
  const lines = rows.map((row) => [
    ...[row.name, row.display_name, row.status],
    ...row.cells.map((value, index) => words(columns[index] ?? "", value)),
  ]);
  return csvText([header, ...lines]);
}

function words(column: string, value: RunTableRow["cells"][number]): string {
  if (value === null) return "";
  const isTime = typeof value === "number" && /^attributes\.\w+_time$/u.test(column);
  return isTime ? new Date(value).toISOString() : String(value);
}
