import { viewType } from "../../../core/mlflow/entries.ts";
import { parseExperimentFilter, parseExperimentOrder } from "../../../core/mlflow/experimentFilter.ts";
import type { Comparison } from "../../../core/mlflow/comparison.ts";
import { invalidParameter, mlflowFault } from "../../../core/mlflow/fault.ts";
import { optionalInt, optionalString, requiredString, strings } from "../../../core/mlflow/fields.ts";
import { limits } from "../../../core/mlflow/limits.ts";
import { compare, joinSql, keyedCondition, treeSql, type Sql } from "../conditions.ts";
import type { ReadOperation } from "../context.ts";
import { experimentOf, experimentToWire, findExperimentByName, type ExperimentRow } from "../experiments.ts";
import { Keyset } from "../keyset.ts";

export const getExperiment: ReadOperation = ({ db, workspaceId, fields }) => {
  const experiment = experimentOf(db, workspaceId, requiredString(fields, "experiment_id"));
  return { experiment: experimentToWire(db, experiment) };
};

export const getExperimentByName: ReadOperation = ({ db, workspaceId, fields }) => {
  const name = requiredString(fields, "experiment_name");
  const experiment = findExperimentByName(db, workspaceId, name);
  if (!experiment) {
    throw mlflowFault("RESOURCE_DOES_NOT_EXIST", `Could not find experiment with name '${name}'`);
  }
  return { experiment: experimentToWire(db, experiment) };
};

const columns: Readonly<Record<string, string>> = {
  experiment_id: "e.number",
  name: "e.name",
  creation_time: "e.creation_time",
  last_update_time: "e.last_update_time",
};

/** A page size: whole, above zero, at most `limit`. */
export function pageSize(value: number | undefined, standard: number, limit: number): number {
  if (value === undefined) return standard;
  if (value < 1 || value > limit) {
    const reason = value < 1 ? "It must be a positive integer" : `It must be at most ${limit}`;
    throw invalidParameter(`Invalid value ${value} for parameter 'max_results' supplied. ${reason}`);
  }
  return value;
}

function conditionOf(comparison: Comparison): Sql {
  const { entity, key, value } = comparison;
  if (entity === "tag") return keyedCondition("experiment_tags", "x.experiment_id = e.id", comparison);
  if (key !== "experiment_id") return compare(columns[key] as string, comparison);
  return compare("e.number", { ...comparison, value: Array.isArray(value) ? value.map(Number) : Number(value) });
}

export const searchExperiments: ReadOperation = ({ db, workspaceId, fields }) => {
  const maxResults = pageSize(optionalInt(fields, "max_results"), 1000, limits.searchExperiments);
  const view = viewType(fields, "view_type");
  const filter = parseExperimentFilter(optionalString(fields, "filter"));
  const orders = parseExperimentOrder(strings(fields, "order_by"));
  const token = optionalString(fields, "page_token");
  const keyset = new Keyset(
    orders.map(({ key, ascending }) => ({ sql: columns[key] as string, ascending })),
    [view, filter, orders],
  );
  const conditions: Sql[] = [{ text: "e.workspace_id = ?", values: [workspaceId] }];
  if (view !== "ALL") {
    conditions.push({ text: "e.lifecycle_stage = ?", values: [view === "ACTIVE_ONLY" ? "active" : "deleted"] });
  }
  conditions.push(treeSql(filter, conditionOf));
  if (token) conditions.push(keyset.after(token));
  const where = joinSql(conditions, " AND ");
  const rows = db.raw
    .prepare<unknown[], ExperimentRow & Record<string, unknown>>(
      `SELECT e.id, e.number, e.name, e.artifact_location, e.lifecycle_stage, e.creation_time, e.last_update_time,
         ${keyset.columns}
       FROM experiments e WHERE ${where.text} ORDER BY ${keyset.orderBy} LIMIT ?`,
    )
    .all(...where.values, maxResults + 1);
  const page = rows.slice(0, maxResults);
  const last = page.at(-1);
  return {
    ...(page.length > 0 ? { experiments: page.map((row) => experimentToWire(db, row)) } : {}),
    ...(rows.length > maxResults && last ? { next_page_token: keyset.token(last) } : {}),
  };
};
