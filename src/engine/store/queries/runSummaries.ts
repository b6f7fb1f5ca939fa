import type { JobSummary } from "#contract/entities/job.ts";
import { jobStatusOf } from "../../core/mlflow/jobStatusOf.ts";
import type { Db } from "../database.ts";
import type { QueryTable } from "../table.ts";
import { workspaceId } from "../tracking/context.ts";

interface SummaryRow {
  id: number;
  name: string;
  display_name: string;
  experiment_name: string;
  status: string;
  start_time: number;
  end_time: number | null;
  lifecycle_stage: string;
  parent_name: string | null;
  owner: string;
  created_at: number;
}

const select = `
  SELECT r.id, r.name, r.display_name, e.name AS experiment_name, r.status, r.start_time, r.end_time, r.lifecycle_stage,
    p.name AS parent_name, r.owner, r.created_at
  FROM runs r JOIN experiments e ON e.id = r.experiment_id LEFT JOIN runs p ON p.id = r.parent_id
  WHERE NOT EXISTS (SELECT 1 FROM jobs j WHERE j.run_id = r.id)`;

/** A run that a plain MLflow client made, as the Jobs view shows it: a job of type `run` on no target. */
function toSummary(db: Db, row: SummaryRow): JobSummary {
  const tags = db.all<{ key: string; value: string }>(
    "SELECT key, value FROM tags WHERE run_id = ? AND key NOT LIKE 'mlflow.%' ORDER BY key",
    row.id,
  );
  const startedAt = row.start_time > 0 ? row.start_time : row.created_at;
  return {
    name: row.name,
    display_name: row.display_name,
    experiment_name: row.experiment_name,
    type: "run",
    status: jobStatusOf(row.status),
    connection: { state: "connected", since: startedAt },
    compute: "",
    parent_job_name: row.parent_name,
    tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
    creation_context: {
      created_at: new Date(row.created_at).toISOString(),
      created_by: row.owner,
      created_by_type: "User",
    },
    archived: row.lifecycle_stage === "deleted",
    started_at: startedAt,
    ended_at: row.end_time,
    queue_place: null,
    source_file: null,
  };
}

export const runSummaryQueries = {
  /**
   * Runs that are not jobs, the newest first, for the Jobs view. `before` is the row id after which the page begins
   * (run ids and job ids are the same numbers, so that both kinds can be merged by them).
   */
  runSummaries(
    db: Db,
    args: { workspace: string; archived: "exclude" | "include" | "only"; before: number | null; limit: number },
  ): { id: number; summary: JobSummary }[] {
    const stage =
      args.archived === "include" ? "" : `AND r.lifecycle_stage = '${args.archived === "only" ? "deleted" : "active"}'`;
    const rows = db.all<SummaryRow>(
      `${select} AND r.workspace_id = ? AND r.id < ? ${stage} ORDER BY r.id DESC LIMIT ?`,
      workspaceId(db, args.workspace),
      args.before ?? Number.MAX_SAFE_INTEGER,
      args.limit,
    );
    return rows.map((row) => ({ id: row.id, summary: toSummary(db, row) }));
  },

  /** One run that is not a job; null when it is one, or is not there. */
  runSummary(db: Db, args: { workspace: string; name: string }): JobSummary | null {
    const row = db.get<SummaryRow>(
      `${select} AND r.workspace_id = ? AND r.name = ?`,
      workspaceId(db, args.workspace),
      args.name,
    );
    return row ? toSummary(db, row) : null;
  },
} satisfies QueryTable;
