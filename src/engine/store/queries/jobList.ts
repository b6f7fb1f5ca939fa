import type { JobStatus } from "#contract/entities/jobStatus.ts";
import { runStatusNames } from "../../core/mlflow/jobStatusOf.ts";
import type { Db } from "../database.ts";
import type { QueryTable } from "../table.ts";

/** What a list of jobs shows. JSON columns are text. */
export interface JobSummaryRow {
  run_id: number;
  workspace: string;
  name: string;
  owner: string;
  type: string;
  status: JobStatus;
  display_name: string;
  experiment_name: string;
  compute: string;
  parent_name: string | null;
  source_file: string | null;
  tags: string;
  archived: number;
  deleted_at: number | null;
  created_at: number;
  modified_at: number;
  started_at: number | null;
  ended_at: number | null;
  queue_place: number | null;
}

/** A run that is no job, with what its page shows beyond the list. */
export interface PlainRunRow extends JobSummaryRow {
  /** MLflow's own tags: where the run came from, its note. */
  mlflow_tags: string;
}

export interface JobFilter {
  workspace: string;
  archived: "exclude" | "include" | "only";
  /** Statuses as a JSON array, or null for all. */
  statuses: string | null;
  experiment: string | null;
  /** Only the children of this job; null for jobs that have no parent. */
  parent: string | null;
  owner: string | null;
  text: string | null;
}

const runStatus = Object.entries(runStatusNames)
  .map(([ours, azure]) => `WHEN '${ours}' THEN '${azure}'`)
  .join(" ");
/** Azure ML's status of the run `r` with its job `j`. */
export const statusColumn = `coalesce(j.status, CASE r.status ${runStatus} ELSE 'Running' END)`;
const tagsOf = (own: string) =>
  `(SELECT json_group_object(key, value) FROM tags t WHERE t.run_id = r.id AND substr(key, 1, 7) ${own} 'mlflow.')`;
const tags = `coalesce(j.tags, ${tagsOf("<>")})`;
/** What is deleted stands among the archived until it is collected. */
const archived = "(coalesce(j.archived, r.archived) = 1 OR r.lifecycle_stage = 'deleted')";
const queuePlace = `CASE WHEN j.status = 'Queued' THEN (
    SELECT count(*) FROM jobs other WHERE other.ended_at IS NULL AND other.status = 'Queued' AND other.compute = j.compute
      AND (other.priority > j.priority OR (other.priority = j.priority AND other.run_id <= j.run_id))
  ) END`;

/** The columns of {@link JobSummaryRow}. `base` is Azure ML's type of a run that was not submitted as a job. */
export const summaryColumns = `r.id AS run_id, w.name AS workspace, r.name, coalesce(j.owner, r.owner) AS owner,
  coalesce(j.type, 'base') AS type, ${statusColumn} AS status, coalesce(j.display_name, r.display_name) AS display_name,
  coalesce(j.experiment_name, e.name) AS experiment_name, coalesce(j.compute, pj.compute, '') AS compute,
  p.name AS parent_name, j.source_file, ${tags} AS tags, ${archived} AS archived,
  CASE WHEN r.lifecycle_stage = 'deleted' THEN coalesce(r.deleted_time, r.created_at) END AS deleted_at,
  coalesce(j.created_at, r.created_at) AS created_at,
  coalesce(j.modified_at, r.deleted_time, r.end_time, r.created_at) AS modified_at,
  CASE WHEN j.run_id IS NULL THEN coalesce(nullif(r.start_time, 0), r.created_at) ELSE j.started_at END AS started_at,
  CASE WHEN j.run_id IS NULL THEN r.end_time ELSE j.ended_at END AS ended_at, ${queuePlace} AS queue_place`;

/** Every run, with its job where it has one. The order is fixed: pages are read off an index of the runs. */
export const summaryTables = `FROM runs r CROSS JOIN workspaces w ON w.id = r.workspace_id
  CROSS JOIN experiments e ON e.id = r.experiment_id LEFT JOIN jobs j ON j.run_id = r.id
  LEFT JOIN runs p ON p.id = r.parent_id LEFT JOIN jobs pj ON pj.run_id = r.parent_id`;

const inWorkspace = "r.workspace_id = (SELECT id FROM workspaces WHERE name = $workspace)";
const filters = `($archived = 'include' OR ${archived} = ($archived = 'only'))
  AND ($statuses IS NULL OR ${statusColumn} IN (SELECT value FROM json_each($statuses)))
  AND ($experiment IS NULL OR coalesce(j.experiment_name, e.name) = $experiment)
  AND ($owner IS NULL OR coalesce(j.owner, r.owner) = $owner)
  AND ($text IS NULL OR instr(lower(r.name || char(10) || coalesce(j.display_name, r.display_name) || char(10)
    || coalesce(j.experiment_name, e.name) || char(10) || ${tags}), lower($text)) > 0)`;

/** Two conditions, so that each reads its own index and nothing else. */
const where = ({ parent }: JobFilter): string =>
  parent === null
    ? `WHERE ${inWorkspace} AND r.parent_id IS NULL AND ${filters}`
    : `WHERE r.parent_id = (SELECT id FROM runs WHERE workspace_id = (SELECT id FROM workspaces WHERE name = $workspace)
        AND name = $parent) AND ${filters}`;

const listSql = (filter: JobFilter): string =>
  `SELECT ${summaryColumns} ${summaryTables} ${where(filter)} AND r.id < $before ORDER BY r.id DESC LIMIT $limit`;

/** The parent is bound only where it is named: a value without a place is refused. */
function bound({ parent, ...filter }: JobFilter): Record<string, string | null> {
  return parent === null ? filter : { ...filter, parent };
}

export const jobListQueries = {
  /** Jobs and runs of plain MLflow clients as one list, the newest first, those made before the run `before`. */
  listJobs(db: Db, args: { filter: JobFilter; before: number | null; limit: number }): JobSummaryRow[] {
    const { filter, limit } = args;
    return db.all(listSql(filter), { ...bound(filter), before: args.before ?? Number.MAX_SAFE_INTEGER, limit });
  },

  countJobs(db: Db, args: { filter: JobFilter }): number {
    const sql = `SELECT count(*) AS count FROM runs r CROSS JOIN experiments e ON e.id = r.experiment_id
      LEFT JOIN jobs j ON j.run_id = r.id ${where(args.filter)}`;
    return db.get<{ count: number }>(sql, bound(args.filter))?.count ?? 0;
  },

  /** How SQLite reads a page: the steps of its plan. */
  explainJobs(db: Db, args: { filter: JobFilter }): string[] {
    const values = { ...bound(args.filter), before: 1, limit: 1 };
    return db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${listSql(args.filter)}`, values).map(({ detail }) => detail);
  },

  jobSummary(db: Db, args: { runId: number }): JobSummaryRow | undefined {
    return db.get(`SELECT ${summaryColumns} ${summaryTables} WHERE r.id = ?`, args.runId);
  },

  /** A run that is no job; undefined when it is one, or is not there. */
  plainRun(db: Db, args: { workspace: string; name: string }): PlainRunRow | undefined {
    const sql = `SELECT ${summaryColumns}, ${tagsOf("=")} AS mlflow_tags ${summaryTables}
      WHERE ${inWorkspace} AND r.name = $name AND j.run_id IS NULL`;
    return db.get(sql, args);
  },
} satisfies QueryTable;
