import type { JobStatus } from "#contract/entities/jobStatus.ts";
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
  created_at: number;
  modified_at: number;
  started_at: number | null;
  ended_at: number | null;
  queue_place: number | null;
}

export interface JobRow extends JobSummaryRow {
  actor: string;
  description: string | null;
  properties: string;
  plan: string;
  attempt: number;
  exit_code: number | null;
  error: string | null;
  environment_key: string | null;
  /** 1 when the exact packages of the environment are known; see `jobLock`. */
  has_lock: 0 | 1;
  inputs: string;
  outputs: string;
  warnings: string;
}

export interface JobChangeRow {
  attempt: number;
  at: number;
  from_status: JobStatus | null;
  to_status: JobStatus;
  actor: string;
  evidence: string;
}

export interface AttemptRow {
  attempt: number;
  compute: string;
  folder: string;
  marker: string;
  gpus: string;
  output_paths: string;
  launched_at: number | null;
  journal_offset: number;
  samples_offset: number;
  exit: string | null;
}

const queuePlace = `CASE WHEN jobs.status = 'Queued' THEN (
    SELECT count(*) FROM jobs other WHERE other.ended_at IS NULL AND other.status = 'Queued' AND other.compute = jobs.compute
      AND (other.priority > jobs.priority OR (other.priority = jobs.priority AND other.run_id <= jobs.run_id))
  ) END AS queue_place`;
const summaryColumns = `run_id, workspaces.name AS workspace, jobs.name, jobs.owner, type, status, jobs.display_name, experiment_name,
  compute, parent_name, source_file, jobs.tags, jobs.archived, jobs.created_at, jobs.modified_at, started_at, ended_at, ${queuePlace}`;
const from = "FROM jobs JOIN workspaces ON workspaces.id = jobs.workspace_id";
const filters = `workspaces.name = $workspace
  AND ($archived = 'include' OR jobs.archived = ($archived = 'only'))
  AND ($statuses IS NULL OR status IN (SELECT value FROM json_each($statuses)))
  AND ($experiment IS NULL OR experiment_name = $experiment)
  AND parent_name IS NULL
  AND ($owner IS NULL OR jobs.owner = $owner)
  AND ($text IS NULL OR instr(lower(jobs.name || char(10) || jobs.display_name || char(10) || experiment_name || char(10) || jobs.tags), lower($text)) > 0)`;

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

export const jobQueries = {
  /** Jobs, the newest first, those submitted before the run `before`. */
  listJobs(db: Db, args: { filter: JobFilter; before: number | null; limit: number }): JobSummaryRow[] {
    const sql = `SELECT ${summaryColumns} ${from} WHERE ${filters} AND ($before IS NULL OR run_id < $before)
      ORDER BY run_id DESC LIMIT $limit`;
    return db.all(sql, { ...args.filter, before: args.before, limit: args.limit });
  },

  countJobs(db: Db, args: { filter: JobFilter }): number {
    return db.get<{ count: number }>(`SELECT count(*) AS count ${from} WHERE ${filters}`, args.filter)?.count ?? 0;
  },

  jobSummary(db: Db, args: { runId: number }): JobSummaryRow | undefined {
    return db.get(`SELECT ${summaryColumns} ${from} WHERE run_id = ?`, args.runId);
  },

  job(db: Db, args: { workspace: string; name: string }): JobRow | undefined {
    const sql = `SELECT ${summaryColumns}, jobs.actor, jobs.description, properties, plan, attempt, exit_code, error,
      environment_key, environment_lock IS NOT NULL AS has_lock, inputs, outputs, warnings ${from} WHERE workspaces.name = ? AND jobs.name = ?`;
    return db.get(sql, args.workspace, args.name);
  },

  /** The lock is long, so it is read only when somebody asks for it. */
  jobLock(db: Db, args: { workspace: string; name: string }): string | null {
    const sql = `SELECT environment_lock ${from} WHERE workspaces.name = ? AND jobs.name = ?`;
    return db.get<{ environment_lock: string | null }>(sql, args.workspace, args.name)?.environment_lock ?? null;
  },

  jobChanges(db: Db, args: { runId: number }): JobChangeRow[] {
    const sql =
      "SELECT attempt, at, from_status, to_status, actor, evidence FROM job_changes WHERE run_id = ? ORDER BY id";
    return db.all(sql, args.runId);
  },

  jobAttempt(db: Db, args: { runId: number; attempt: number }): AttemptRow | undefined {
    const sql = `SELECT attempt, compute, folder, marker, gpus, output_paths, launched_at, journal_offset, samples_offset, exit
      FROM job_attempts WHERE run_id = ? AND attempt = ?`;
    return db.get(sql, args.runId, args.attempt);
  },
} satisfies QueryTable;
