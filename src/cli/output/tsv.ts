/**
 * Tab-separated values as `az` writes them, for scripts: a list gives a line each, an object its values in the order of
 * its sorted keys, nested objects nothing and nested lists their length.
 */
export function toTsv(value: unknown, options: { keepOrder: boolean }): string {
  const rows = Array.isArray(value) ? value : [value];
  return rows.map((row) => `${line(row, options.keepOrder)}\n`).join("");
}

function line(row: unknown, keepOrder: boolean): string {
  if (Array.isArray(row)) return row.map(cell).join("\t");
  if (typeof row === "boolean") return String(row);
  if (row === null || typeof row !== "object") return cell(row);
  const entries = Object.entries(row);
  if (!keepOrder) entries.sort(([left], [right]) => (left < right ? -1 : 1));
  return entries.map(([, item]) => cell(item)).join("\t");
}

/** Python's `str()` of a scalar. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return String(value.length);
  return typeof value === "object" ? "" : String(value);
}
