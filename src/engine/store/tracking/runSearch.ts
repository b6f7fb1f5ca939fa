import type { Comparison } from "../../core/mlflow/comparison.ts";
import type { ViewType } from "../../core/mlflow/entries.ts";
import type { FilterTree } from "../../core/mlflow/filterTree.ts";
import type { RunOrder } from "../../core/mlflow/runFilter.ts";
import type { Db } from "../database.ts";
import { compare, joinSql, keyedCondition, numberCondition, treeSql, type Sql } from "./conditions.ts";
import { Keyset, type SortTerm } from "./keyset.ts";

const attributeColumns: Readonly<Record<string, string>> = {
  run_id: "r.name",
  run_name: "r.display_name",
  user_id: "r.user_id",
  status: "r.status",
  artifact_uri: "r.artifact_uri",
  start_time: "r.start_time",
  end_time: "r.end_time",
};

/** The row of a metric's key; undefined when no run has it. */
export function knownKey(db: Db, key: string): number | undefined {
  return db.get<{ id: number }>("SELECT id FROM metric_keys WHERE key = ?", key)?.id;
}

/** One comparison as SQL on the run `r`. `columns` holds the expression of each attribute. */
export function runCondition(
  db: Db,
  comparison: Comparison,
  columns: Readonly<Record<string, string>> = attributeColumns,
): Sql {
  switch (comparison.entity) {
    case "attribute":
      return compare(columns[comparison.key] as string, comparison);
    case "parameter":
      return keyedCondition("params", "x.run_id = r.id", comparison);
    case "tag":
      return keyedCondition("tags", "x.run_id = r.id", comparison);
    case "dataset": {
      const column = comparison.key === "context" ? "i.context" : `d.${comparison.key}`;
      const condition = compare(column, comparison);
      return {
        text: `EXISTS (SELECT 1 FROM run_datasets i JOIN datasets d ON d.id = i.dataset_id
          WHERE i.run_id = r.id AND ${condition.text})`,
        values: condition.values,
      };
    }
    case "metric": {
      const key = knownKey(db, comparison.key);
      if (key === undefined) return { text: "0", values: [] };
      const condition = numberCondition("x.value", comparison);
      return {
        text: `EXISTS (SELECT 1 FROM latest_metrics x WHERE x.run_id = r.id AND x.key_id = ${key} AND ${condition.text})`,
        values: condition.values,
      };
    }
  }
}

/** Joins and sort terms of an order. What has no value comes last, whichever the direction. */
function orderOf(db: Db, orders: readonly RunOrder[]): { joins: Sql[]; terms: SortTerm[] } {
  const joins: Sql[] = [];
  const terms: SortTerm[] = [];
  for (const [index, { entity, key, ascending }] of orders.entries()) {
    if (entity === "attribute") {
      const column = attributeColumns[key] as string;
      if (key === "end_time") terms.push({ sql: `(${column} IS NULL)`, ascending: true });
      terms.push({ sql: column, ascending });
      continue;
    }
    const alias = `o${index}`;
    if (entity === "metric") {
      const id = knownKey(db, key) ?? -1;
      joins.push({
        text: `LEFT JOIN latest_metrics ${alias} ON ${alias}.run_id = r.id AND ${alias}.key_id = ${id}`,
        values: [],
      });
      // A number first, then what is not a number, then runs without the metric.
      const rank = `(CASE WHEN ${alias}.value IS NOT NULL THEN 0 WHEN ${alias}.run_id IS NOT NULL THEN 1 ELSE 2 END)`;
      terms.push({ sql: rank, ascending: true });
    } else {
      const table = entity === "tag" ? "tags" : "params";
      joins.push({
        text: `LEFT JOIN ${table} ${alias} ON ${alias}.run_id = r.id AND ${alias}.key = ?`,
        values: [key],
      });
      terms.push({ sql: `(${alias}.value IS NULL)`, ascending: true });
    }
    terms.push({ sql: `${alias}.value`, ascending });
  }
  if (!orders.some((order) => order.entity === "attribute" && order.key === "start_time")) {
    terms.push({ sql: "r.start_time", ascending: false });
  }
  if (!orders.some((order) => order.entity === "attribute" && order.key === "run_id")) {
    terms.push({ sql: "r.name", ascending: true });
  }
  return { joins, terms };
}

export interface RunSearch {
  experiments: readonly number[];
  view: ViewType;
  filter: FilterTree<Comparison>;
  orders: readonly RunOrder[];
  maxResults: number;
  pageToken: string | undefined;
}

/** The ids of a page of runs, in order, and the token of the next page. `experiments` are row ids. */
export function searchRunIds(db: Db, search: RunSearch): { ids: number[]; token: string | undefined } {
  if (search.experiments.length === 0) return { ids: [], token: undefined };
  const { joins, terms } = orderOf(db, search.orders);
  const keyset = new Keyset(terms, [search.experiments, search.view, search.filter, search.orders]);
  const conditions: Sql[] = [
    {
      text: `r.experiment_id IN (${search.experiments.map(() => "?").join(", ")})`,
      values: [...search.experiments],
    },
  ];
  if (search.view !== "ALL") {
    const stage = search.view === "ACTIVE_ONLY" ? "active" : "deleted";
    conditions.push({ text: `r.lifecycle_stage = '${stage}'`, values: [] });
  }
  conditions.push(treeSql(search.filter, (comparison) => runCondition(db, comparison)));
  if (search.pageToken) conditions.push(keyset.after(search.pageToken));
  const from = joinSql(joins, "\n");
  const where = joinSql(conditions, "\n AND ");
  const rows = db.raw
    .prepare<unknown[], Record<string, unknown>>(
      `SELECT r.id AS id, ${keyset.columns} FROM runs r ${from.text} WHERE ${where.text}
       ORDER BY ${keyset.orderBy} LIMIT ?`,
    )
    .all(...from.values, ...where.values, search.maxResults + 1);
  const page = rows.slice(0, search.maxResults);
  const last = page.at(-1);
  return {
    ids: page.map((row) => row["id"] as number),
    token: rows.length > search.maxResults && last ? keyset.token(last) : undefined,
  };
}
