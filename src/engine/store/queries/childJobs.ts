import { jobStatusOf } from "../../core/mlflow/jobStatusOf.ts";
import type { Db } from "../database.ts";
import type { QueryTable } from "../table.ts";
import type { JobFilter, JobSummaryRow } from "./jobs.ts";

/** Azure ML's type of a run that was not submitted as a job. */
const plainRun = "base";

/** A job's children: jobs that name it as their parent, and the runs that its program has started. */
const children = `SELECT r.id AS run_id, w.name AS workspace, r.name, coalesce(j.owner, r.owner) AS owner,
    coalesce(j.type, '${plainRun}') AS type, j.status, r.status AS run_status, r.display_name, e.name AS experiment_name,
    coalesce(j.compute, pj.compute, '') AS compute, p.name AS parent_name, j.source_file,
    coalesce(j.tags, (SELECT json_group_object(key, value) FROM tags t WHERE t.run_id = r.id AND substr(key, 1, 7) <> 'mlflow.')) AS tags,
    coalesce(j.archived, 0) AS archived, coalesce(j.created_at, r.created_at) AS created_at,
    coalesce(j.modified_at, r.end_time, r.created_at) AS modified_at,
    CASE WHEN j.run_id IS NULL THEN nullif(r.start_time, 0) ELSE j.started_at END AS started_at,
    CASE WHEN j.run_id IS NULL THEN r.end_time ELSE j.ended_at END AS ended_at, NULL AS queue_place
  FROM workspaces w JOIN runs p ON p.workspace_id = w.id AND p.name = $parent
  JOIN runs r ON r.parent_id = p.id AND r.lifecycle_stage = 'active'
  JOIN experiments e ON e.id = r.experiment_id
  LEFT JOIN jobs j ON j.run_id = r.id LEFT JOIN jobs pj ON pj.run_id = p.id
  WHERE w.name = $workspace`;
const filters = `($archived = 'include' OR archived = ($archived = 'only'))
  AND ($experiment IS NULL OR experiment_name = $experiment)
  AND ($owner IS NULL OR owner = $owner)
  AND ($text IS NULL OR instr(lower(name || char(10) || display_name || char(10) || experiment_name || char(10) || tags), lower($text)) > 0)`;

interface ChildRow extends Omit<JobSummaryRow, "status"> {
  status: JobSummaryRow["status"] | null;
  run_status: string;
}

function find(db: Db, filter: JobFilter): JobSummaryRow[] {
  const { statuses, ...rest } = filter;
  const wanted = statuses === null ? null : (JSON.parse(statuses) as string[]);
  const rows = db.all<ChildRow>(`SELECT * FROM (${children}) WHERE ${filters} ORDER BY run_id DESC`, rest);
  return rows
    .map(({ run_status, ...row }) => ({ ...row, status: row.status ?? jobStatusOf(run_status) }))
    .filter(({ status }) => wanted === null || wanted.includes(status));
}

export const childJobQueries = {
  /** Children, the newest first, those made before the run `before`. */
  listChildren(db: Db, args: { filter: JobFilter; before: number | null; limit: number }): JobSummaryRow[] {
    const { before } = args;
    return find(db, args.filter)
      .filter(({ run_id: id }) => before === null || id < before)
      .slice(0, args.limit);
  },

  countChildren(db: Db, args: { filter: JobFilter }): number {
    return find(db, args.filter).length;
  },
} satisfies QueryTable;
