import type { Comparison } from "../../core/mlflow/comparison.ts";

/** A piece of a statement and the values it binds, in order. */
export interface Sql {
  text: string;
  values: unknown[];
}

export function joinSql(parts: readonly Sql[], separator: string): Sql {
  return {
    text: parts.map((part) => part.text).join(separator),
    values: parts.flatMap((part) => part.values),
  };
}

/** LIKE with upper and lower case kept apart, as GLOB: SQLite's own LIKE does not tell them apart. */
function globOf(pattern: string): string {
  return pattern.replace(/[*?[]/g, "[$&]").replaceAll("%", "*").replaceAll("_", "?");
}

/** `column comparator value` for one of MLflow's comparators on a text or a number. */
export function compare(column: string, comparison: Comparison): Sql {
  const { comparator, value } = comparison;
  if (comparator === "LIKE") return { text: `${column} GLOB ?`, values: [globOf(String(value))] };
  if (comparator === "ILIKE") return { text: `${column} LIKE ?`, values: [value] };
  if (Array.isArray(value)) {
    return { text: `${column} ${comparator} (${value.map(() => "?").join(", ")})`, values: [...value] };
  }
  return { text: `${column} ${comparator} ?`, values: [value] };
}

/** A condition on a table of keys and values that hangs on an entity (`params`, `tags`…). */
export function keyedCondition(table: string, link: string, comparison: Comparison): Sql {
  const { comparator, key } = comparison;
  const base = `EXISTS (SELECT 1 FROM ${table} x WHERE ${link} AND x.key = ?`;
  if (comparator === "IS NULL") return { text: `NOT ${base})`, values: [key] };
  if (comparator === "IS NOT NULL") return { text: `${base})`, values: [key] };
  const condition = compare("x.value", comparison);
  return { text: `${base} AND ${condition.text})`, values: [key, ...condition.values] };
}

/** A condition on the latest value of a metric. Nothing equals what is not a number, and everything differs from it. */
export function numberCondition(column: string, comparison: Comparison): Sql {
  const { comparator, value } = comparison;
  if (comparator === "!=") return { text: `(${column} <> ? OR ${column} IS NULL)`, values: [value] };
  return { text: `${column} ${comparator} ?`, values: [value] };
}
