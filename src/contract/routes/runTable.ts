import * as z from "zod";
import { Name } from "../entities/creation.ts";
import { JobStatusSchema } from "../entities/job.ts";
import { count, listOf, route } from "../route.ts";
import { runStages } from "../runColumns.ts";

const params = z.object({ workspace: Name });

/** `params.lr`: the kind, a dot, and the key as it was logged. */
const column = z
  .string()
  .max(600)
  .regex(
    /^(?:attributes|params|metrics|tags)\../su,
    "a column is attributes, params, metrics or tags, a dot and a key",
  );

export const RunQuery = z.object({
  /** MLflow's search grammar with OR, IN and parentheses. Empty for all runs. */
  filter: z.string().max(20_000).default(""),
  /** The first decides. Runs without the value come last; then the newest first. */
  order: z
    .array(z.object({ column, ascending: z.boolean() }))
    .max(10)
    .default([]),
  /** Names of experiments; empty for all. */
  experiments: z.array(z.string()).max(1000).default([]),
  stage: z.enum(runStages).default("active"),
});
export type RunQuery = z.infer<typeof RunQuery>;

export const FoundRuns = z.object({
  /** Numbers of the runs, in order: at most 100,000. They are good for {@link runTableRoutes.runTableRows}. */
  ids: z.array(z.number().int()),
  /** How many there are in all. */
  total: z.number().int(),
});
export type FoundRuns = z.infer<typeof FoundRuns>;

export const RunTableRow = z.object({
  id: z.number().int(),
  name: z.string(),
  display_name: z.string(),
  status: JobStatusSchema,
  stage: z.enum(["active", "archived", "deleted"]),
  /** One for each column that was asked for; null where the run has none. A metric that is not a number is text. */
  cells: z.array(z.union([z.number(), z.string()]).nullable()),
});
export type RunTableRow = z.infer<typeof RunTableRow>;

export const RunTableColumns = z.object({
  /** Keys that runs have logged, with the number of runs that have each; the commonest 5,000 of a kind. */
  columns: z.array(z.object({ kind: z.enum(["params", "metrics", "tags"]), key: z.string(), runs: z.number().int() })),
  experiments: z.array(z.object({ name: z.string(), runs: z.number().int() })),
});
export type RunTableColumns = z.infer<typeof RunTableColumns>;

export const RunView = z.object({
  name: z.string().trim().min(1).max(100),
  query: RunQuery,
  /** Columns in their order, the pinned ones first. */
  columns: z.array(column).max(2000),
  /** How many columns from the left stay in sight. */
  pinned: z.number().int().min(0).max(20).default(1),
});
export type RunView = z.infer<typeof RunView>;

export const ChangedRuns = z.object({
  /** Numbers of the runs that were (or with `dry_run` would be) changed. */
  ids: z.array(z.number().int()),
  /** Names of jobs that are not over: they are not deleted. */
  kept: z.array(z.string()),
  /** Bytes of the artifacts of the runs, which are free when they are collected; a file that others share stays. */
  bytes: z.number(),
});
export type ChangedRuns = z.infer<typeof ChangedRuns>;

const base = "/api/v1/workspaces/:workspace/run-table";

export const runTableRoutes = {
  searchRunTable: route({
    method: "POST",
    path: `${base}/search`,
    summary: "The runs that a filter finds, in order, by their numbers. A fault of the filter names its place.",
    params,
    body: RunQuery,
    reply: FoundRuns,
  }),
  runTableRows: route({
    method: "POST",
    path: `${base}/rows`,
    summary: "Some runs, with the columns that are asked for. Runs that are no longer there are left out.",
    params,
    body: z.object({ ids: z.array(z.number().int()).max(1000), columns: z.array(column).max(2000) }),
    reply: z.array(RunTableRow),
  }),
  runTableColumns: route({
    method: "GET",
    path: `${base}/columns`,
    summary: "What there is to show, filter and sort by: keys of params, metrics and tags, and experiments.",
    params,
    query: z.object({ experiment: listOf(z.string()).optional() }),
    reply: RunTableColumns,
  }),
  runTableValues: route({
    method: "GET",
    path: `${base}/values`,
    summary: "Values that a column has, those that begin with `prefix`, the commonest first.",
    params,
    query: z.object({ column, prefix: z.string().default(""), max_results: count.min(1).max(200).default(50) }),
    reply: z.array(z.string()),
  }),
  changeRuns: route({
    method: "POST",
    path: `${base}/change`,
    summary: "Archives, deletes or restores many runs at once. What was deleted can be restored until it is collected.",
    params,
    body: z.object({
      ids: z.array(z.number().int()).max(100_000),
      change: z.enum(["archive", "delete", "restore"]),
      dry_run: z.boolean().default(false),
    }),
    reply: ChangedRuns,
  }),
  listRunViews: route({
    method: "GET",
    path: `${base}/views`,
    summary: "Saved views of the runs table, by name.",
    params,
    reply: z.array(RunView),
  }),
  saveRunView: route({
    method: "PUT",
    path: `${base}/views`,
    summary: "Saves a view; one of the same name is replaced.",
    params,
    body: RunView,
    reply: z.array(RunView),
  }),
  deleteRunView: route({
    method: "DELETE",
    path: `${base}/views`,
    summary: "Forgets a saved view.",
    params,
    query: z.object({ name: z.string() }),
    reply: z.array(RunView),
  }),
};
