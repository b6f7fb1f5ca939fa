/** A column of a table: its title and what it shows of a row. */
export interface Column {
  title: string;
  show: (row: Record<string, unknown>) => string;
}

/** Fields that `az` leaves out of a table. */
const skipped = new Set(["id", "type", "etag", "revision"]);

/**
 * A table as `az` prints it: two blanks between columns, dashes under the titles. Without columns of its own a table
 * shows the plain fields of an object.
 */
export function toTable(
  value: unknown,
  options: { columns?: readonly Column[] | undefined; keepOrder: boolean },
): string {
  const rows = Array.isArray(value) ? value : value === null || value === undefined ? [] : [value];
  if (rows.length === 0) return "";
  const cells = rows.map((row: unknown) => cellsOf(row, options));
  const titles = [...new Set(cells.flatMap((row) => [...row.keys()]))];
  const lines = [titles, titles.map(() => "-"), ...cells.map((row) => titles.map((title) => row.get(title) ?? ""))];
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => width(line[column] ?? ""))));
  return lines
    .map((line, index) =>
      line
        .map((item, column) => (index === 1 ? "-".repeat(widths[column] ?? 0) : pad(item, widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

function cellsOf(
  row: unknown,
  options: { columns?: readonly Column[] | undefined; keepOrder: boolean },
): Map<string, string> {
  if (Array.isArray(row)) return new Map(row.map((item, index) => [`Column${index + 1}`, oneLine(item)]));
  if (row === null || typeof row !== "object") return new Map([["Result", oneLine(row)]]);
  const record = row as Record<string, unknown>;
  if (options.columns) return new Map(options.columns.map(({ title, show }) => [title, show(record)]));
  const entries = Object.entries(record).filter(
    ([key, item]) => !skipped.has(key) && item !== null && typeof item !== "object",
  );
  if (!options.keepOrder) entries.sort(([left], [right]) => (left < right ? -1 : 1));
  return new Map(entries.map(([key, item]) => [key.charAt(0).toUpperCase() + key.slice(1), oneLine(item)]));
}

function oneLine(item: unknown): string {
  if (typeof item === "boolean") return item ? "True" : "False";
  if (item === null || item === undefined) return "";
  return (typeof item === "object" ? JSON.stringify(item) : String(item)).replace(/\s*\n\s*/g, " ");
}

function width(text: string): number {
  return [...text].length;
}

function pad(text: string, to: number): string {
  return text + " ".repeat(Math.max(0, to - width(text)));
}
