import { invalidParameter } from "../../../core/mlflow/fault.ts";
import {
  missing,
  objects,
  optionalBoolean,
  optionalInt,
  optionalString,
  strings,
  type Fields,
} from "../../../core/mlflow/fields.ts";
import { limits } from "../../../core/mlflow/limits.ts";
import {
  parseLoggedModelFilter,
  parseLoggedModelOrder,
  type LoggedModelOrder,
} from "../../../core/mlflow/loggedModelFilter.ts";
import type { Comparison } from "../../../core/mlflow/comparison.ts";
import { leavesOf } from "../../../core/mlflow/filterTree.ts";
import { compare, joinSql, keyedCondition, numberCondition, treeSql, type Sql } from "../conditions.ts";
import type { ReadOperation } from "../context.ts";
import { Keyset, type SortTerm } from "../keyset.ts";
import { loggedModelById, loggedModelOf, loggedModelToWire } from "../loggedModels.ts";
import { experimentRowIds } from "./runs.ts";

export const getLoggedModel: ReadOperation = ({ db, workspaceId, fields, path }) => {
  const deletedToo = optionalBoolean(fields, "allow_deleted") === true;
  const model = loggedModelOf(db, workspaceId, path["model_id"] ?? "", { deletedToo });
  return { model: loggedModelToWire(db, model) };
};

const columns: Readonly<Record<string, string>> = {
  name: "m.name",
  model_id: "m.model_id",
  model_type: "m.model_type",
  status: "m.status",
  source_run_id: "m.source_run_id",
  creation_time: "m.creation_time",
  last_updated_time: "m.last_updated_time",
};

interface DatasetFilter {
  name: string;
  digest: string | null;
}

function datasetFilters(fields: Fields): DatasetFilter[] {
  return objects(fields, "datasets").map((dataset) => {
    const name = optionalString(dataset, "dataset_name");
    if (!name) throw invalidParameter("`dataset_name` in the `datasets` clause must be specified.");
    return { name, digest: optionalString(dataset, "dataset_digest") || null };
  });
}

function onDatasets(datasets: readonly DatasetFilter[]): Sql {
  const each = datasets.map(({ name, digest }) =>
    digest === null
      ? { text: "x.dataset_name = ?", values: [name] }
      : { text: "(x.dataset_name = ? AND x.dataset_digest = ?)", values: [name, digest] },
  );
  const any = joinSql(each, " OR ");
  return { text: `(${any.text})`, values: any.values };
}

const modelMetrics = "EXISTS (SELECT 1 FROM logged_model_metrics x JOIN metric_keys k ON k.id = x.key_id";

function conditionOf(comparison: Comparison, datasets: readonly DatasetFilter[]): Sql {
  if (comparison.entity === "attribute") return compare(columns[comparison.key] as string, comparison);
  if (comparison.entity === "metric") {
    // A point that is not a number is text here, and text compares above every number.
    const number = numberCondition("(CASE WHEN typeof(x.value) = 'real' THEN x.value END)", comparison);
    const twice = comparison.comparator === "!=";
    const scope = datasets.length > 0 ? onDatasets(datasets) : { text: "1", values: [] };
    return {
      text: `${modelMetrics} WHERE x.model_id = m.id AND k.key = ? AND ${twice ? number.text : `(${number.text})`}
        AND ${scope.text})`,
      values: [comparison.key, ...number.values, ...scope.values],
    };
  }
  const table = comparison.entity === "tag" ? "logged_model_tags" : "logged_model_params";
  return keyedCondition(table, "x.model_id = m.id", comparison);
}

/** A metric's newest value as a sort expression. Its key and dataset are bound in a join, never pasted. */
function orderOf(orders: readonly LoggedModelOrder[]): { joins: Sql[]; terms: SortTerm[] } {
  const joins: Sql[] = [];
  const terms: SortTerm[] = [];
  for (const [index, order] of orders.entries()) {
    let column = columns[order.key] as string;
    if (order.entity === "metric") {
      const alias = `o${index}`;
      joins.push({
        text: `LEFT JOIN (
          SELECT x.model_id, CASE WHEN typeof(x.value) = 'real' THEN x.value END AS value, row_number() OVER (
            PARTITION BY x.model_id ORDER BY x.timestamp DESC, x.step DESC, x.run_id) AS place
          FROM logged_model_metrics x JOIN metric_keys k ON k.id = x.key_id
          WHERE k.key = ? AND (? IS NULL OR x.dataset_name = ?) AND (? IS NULL OR x.dataset_digest = ?)
        ) ${alias} ON ${alias}.model_id = m.id AND ${alias}.place = 1`,
        values: [order.key, order.datasetName, order.datasetName, order.datasetDigest, order.datasetDigest],
      });
      column = `${alias}.value`;
    }
    terms.push({ sql: `(${column} IS NULL)`, ascending: true }, { sql: column, ascending: order.ascending });
  }
  if (!orders.some((order) => order.key === "creation_time" && order.entity === "attribute")) {
    terms.push({ sql: "m.creation_time", ascending: false });
  }
  if (!orders.some((order) => order.key === "model_id" && order.entity === "attribute")) {
    terms.push({ sql: "m.model_id", ascending: true });
  }
  return { joins, terms };
}

export const searchLoggedModels: ReadOperation = ({ db, workspaceId, fields }) => {
  if (strings(fields, "experiment_ids").length === 0) throw missing("experiment_ids");
  const experiments = experimentRowIds(db, workspaceId, fields);
  const filter = parseLoggedModelFilter(optionalString(fields, "filter"));
  const orders = parseLoggedModelOrder(objects(fields, "order_by"));
  const datasets = datasetFilters(fields);
  const maxResults = optionalInt(fields, "max_results") || limits.searchLoggedModelsDefault;
  const token = optionalString(fields, "page_token");
  if (experiments.length === 0) return {};

  const { joins, terms } = orderOf(orders);
  const keyset = new Keyset(terms, [experiments, filter, orders, datasets]);
  const conditions: Sql[] = [
    { text: "m.lifecycle_stage = 'active'", values: [] },
    { text: `m.experiment_id IN (${experiments.map(() => "?").join(", ")})`, values: experiments },
    treeSql(filter, (comparison) => conditionOf(comparison, datasets)),
  ];
  if (datasets.length > 0 && !leavesOf(filter).some((comparison) => comparison.entity === "metric")) {
    const scope = onDatasets(datasets);
    conditions.push({ text: `${modelMetrics} WHERE x.model_id = m.id AND ${scope.text})`, values: scope.values });
  }
  if (token) conditions.push(keyset.after(token));
  const from = joinSql(joins, "\n");
  const where = joinSql(conditions, "\n AND ");
  const rows = db.raw
    .prepare<unknown[], Record<string, unknown>>(
      `SELECT m.id AS id, ${keyset.columns} FROM logged_models m ${from.text} WHERE ${where.text}
       ORDER BY ${keyset.orderBy} LIMIT ?`,
    )
    .all(...from.values, ...where.values, maxResults + 1);
  const page = rows.slice(0, maxResults);
  const last = page.at(-1);
  const models = page.map((row) => loggedModelToWire(db, loggedModelById(db, row["id"] as number)));
  return {
    ...(models.length > 0 ? { models } : {}),
    ...(rows.length > maxResults && last ? { next_page_token: keyset.token(last) } : {}),
  };
};
