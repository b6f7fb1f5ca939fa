import type { Comparison } from "../../core/mlflow/comparison.ts";
import type { FilterTree } from "../../core/mlflow/filterTree.ts";

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

/** Longer lists are bound as one value: SQLite binds no more than 32,766 in a statement. */
const mostBound = 100;

/** `column comparator value` for one of MLflow's comparators on a text or a number. */
export function compare(column: string, comparison: Comparison): Sql {
  const { comparator, value } = comparison;
  if (comparator === "LIKE") return { text: `${column} GLOB ?`, values: [globOf(String(value))] };
  if (comparator === "ILIKE") return { text: `${column} LIKE ?`, values: [value] };
  if (Array.isArray(value) && value.length > mostBound) {
    return { text: `${column} ${comparator} (SELECT value FROM json_each(?))`, values: [JSON.stringify(value)] };
  }
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
  const condition = isNumber(comparison.value) ? textAsNumber("x.value", comparison) : compare("x.value", comparison);
  return { text: `${base} AND ${condition.text})`, values: [key, ...condition.values] };
}

function isNumber(value: Comparison["value"]): boolean {
  return typeof (Array.isArray(value) ? value[0] : value) === "number";
}

/**
 * A text that is written as a number, compared as one; any other text matches nothing. Beside an expression with the
 * affinity of numbers SQLite takes a text for the number that the whole of it is, and leaves it a text, which is above
 * all numbers, when it is none.
 */
function textAsNumber(column: string, comparison: Comparison): Sql {
  const number = "CAST(? AS REAL)";
  const isOne = `${column} <= CAST(9e999 AS REAL)`;
  const { comparator, value } = comparison;
  if (!Array.isArray(value)) return { text: `${isOne} AND ${column} ${comparator} ${number}`, values: [value] };
  const list = `SELECT CAST(value AS REAL) FROM json_each(?)`;
  return { text: `${isOne} AND CAST(${column} AS REAL) ${comparator} (${list})`, values: [JSON.stringify(value)] };
}

/** A condition on the latest value of a metric. Nothing equals what is not a number, and everything differs from it. */
export function numberCondition(column: string, comparison: Comparison): Sql {
  const { comparator, value } = comparison;
  if (comparator === "!=") return { text: `(${column} <> ? OR ${column} IS NULL)`, values: [value] };
  if (Array.isArray(value)) {
    const listed = compare(column, comparison);
    return comparator === "NOT IN" ? { ...listed, text: `(${listed.text} OR ${column} IS NULL)` } : listed;
  }
  return { text: `${column} ${comparator} ?`, values: [value] };
}

/** SQL of a filter. NOT holds wherever its condition does not: for what has no value too. */
export function treeSql<Leaf>(tree: FilterTree<Leaf>, leafSql: (leaf: Leaf) => Sql): Sql {
  switch (tree.kind) {
    case "leaf":
      return leafSql(tree.leaf);
    case "not": {
      const { text, values } = treeSql(tree.part, leafSql);
      return { text: `((${text}) IS NOT TRUE)`, values };
    }
    default:
      if (tree.parts.length === 0) return { text: "1", values: [] };
      return balanced(
        tree.parts.map((part) => treeSql(part, leafSql)),
        tree.kind === "all" ? " AND " : " OR ",
      );
  }
}

/** Joined by halves: SQLite counts a long row of ANDs as that many levels, and has a thousand. */
function balanced(parts: readonly Sql[], word: string): Sql {
  if (parts.length === 1) return parts[0] as Sql;
  const half = parts.length >> 1;
  const { text, values } = joinSql([balanced(parts.slice(0, half), word), balanced(parts.slice(half), word)], word);
  return { text: `(${text})`, values };
}
