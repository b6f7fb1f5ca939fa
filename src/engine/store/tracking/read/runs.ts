import { viewType } from "../../../core/mlflow/entries.ts";
import { optionalInt, optionalString, requiredRunId, strings, type Fields } from "../../../core/mlflow/fields.ts";
import { limits } from "../../../core/mlflow/limits.ts";
import { experimentNumber } from "../../../core/mlflow/names.ts";
import { parseRunFilter, parseRunOrder } from "../../../core/mlflow/runFilter.ts";
import type { Db } from "../../database.ts";
import { JsonText, type ReadOperation } from "../context.ts";
import { findExperiment } from "../experiments.ts";
import { JsonList } from "../jsonList.ts";
import { runToWire } from "../runData.ts";
import { runById, runOf } from "../runs.ts";
import { searchRunIds } from "../runSearch.ts";
import { pageSize } from "./experiments.ts";

export const getRun: ReadOperation = ({ db, workspaceId, fields }) => ({
  run: runToWire(db, runOf(db, workspaceId, requiredRunId(fields))),
});

/** Row ids of the experiments that a search names; those that do not exist hold nothing. */
export function experimentRowIds(db: Db, workspaceId: number, fields: Fields): number[] {
  const numbers = strings(fields, "experiment_ids").map(experimentNumber);
  const ids = [...new Set(numbers)].map((number) => findExperiment(db, workspaceId, number)?.id);
  return ids.filter((id) => id !== undefined);
}

export const searchRuns: ReadOperation = ({ db, workspaceId, fields }) => {
  const maxResults = pageSize(optionalInt(fields, "max_results"), limits.searchRunsDefault, limits.searchRuns);
  const { ids, token } = searchRunIds(db, {
    experiments: experimentRowIds(db, workspaceId, fields),
    view: viewType(fields, "run_view_type"),
    filter: parseRunFilter(optionalString(fields, "filter")),
    orders: parseRunOrder(strings(fields, "order_by")),
    maxResults,
    pageToken: optionalString(fields, "page_token"),
  });
  const runs = new JsonList();
  for (const id of ids) runs.add(JSON.stringify(runToWire(db, runById(db, id))));
  const parts = runs.length > 0 ? [`"runs":${runs.toString()}`] : [];
  if (token) parts.push(`"next_page_token":"${token}"`);
  return new JsonText(`{${parts.join(",")}}`);
};
