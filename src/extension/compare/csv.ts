import type { Comparison } from "#contract/routes/compare.ts";

/** A row for each run, a column for each fact: what a spreadsheet or `pandas.read_csv` takes (RFC 4180). */
export function comparisonCsv({ runs, facts }: Comparison): string {
  const header = [
    ...["name", "display_name", "experiment_name", "status", "started_at", "ended_at", "label"],
    ...facts.map(({ group, key }) => `${group}.${key}`),
  ];
  const time = (at: number | null): string => (at === null ? "" : new Date(at).toISOString());
  const lines = runs.map((run, index) => [
    ...[
      run.name,
      run.display_name,
      run.experiment_name,
      run.status,
      time(run.started_at),
      time(run.ended_at),
      run.label,
    ],
    ...facts.map(({ differs, values }) => values[differs ? index : 0] ?? ""),
  ]);
  return csvText([header, ...lines]);
}

/** Lines of cells as CSV. What a spreadsheet would run is kept a text. */
export function csvText(lines: readonly (readonly string[])[]): string {
  return lines.map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";
}

/**
 * A spreadsheet would run a text that begins like a formula, after blanks and in full-width characters too; an apostrophe
 * keeps it a text. Numbers stay numbers.
 */
function cell(value: string): string {
  const formula =
    /^(?:[\t\r]|[\s\0]*[=+\-@\uff1d\uff0b\uff0d\uff20])/u.test(value) &&
    !/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/iu.test(value);
  const text = formula ? `'${value}` : value;
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
