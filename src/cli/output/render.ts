import type { OutputFormat } from "./formats.ts";
import { toColouredJson, toJson } from "./json.ts";
import type { Outcome } from "./outcome.ts";
import { toTable } from "./table.ts";
import { toTsv } from "./tsv.ts";

/** The text that a command's outcome is printed as. */
export async function render(
  outcome: Outcome,
  options: { format: OutputFormat; query: string | undefined },
): Promise<string> {
  if (outcome.value === undefined) return "";
  const value = options.query === undefined ? outcome.value : await query(outcome.value, options.query);
  const keepOrder = options.query !== undefined;
  if (value === null || value === undefined) return "";
  switch (options.format) {
    case "none":
      return "";
    case "json":
      return toJson(value);
    case "jsonc":
      return toColouredJson(value);
    case "tsv":
      return toTsv(value, { keepOrder });
    case "table":
      return toTable(value, { columns: keepOrder ? undefined : outcome.columns, keepOrder });
    case "yaml":
    case "yamlc":
      return (await import("./yaml.ts")).toYaml(value);
  }
}

async function query(value: unknown, expression: string): Promise<unknown> {
  return (await import("./query.ts")).applyQuery(value, expression);
}
