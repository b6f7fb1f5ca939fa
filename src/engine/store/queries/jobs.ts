import type { JobStatus } from "#contract/entities/jobStatus.ts";
import type { Db } from "../database.ts";
import type { QueryTable } from "../table.ts";
import { summaryColumns, summaryTables, type JobSummaryRow } from "./jobList.ts";

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

export const jobQueries = {
  /** A job with all that is kept of it; undefined for a run that is no job. */
  job(db: Db, args: { workspace: string; name: string }): JobRow | undefined {
    const sql = `SELECT ${summaryColumns}, j.actor, j.description, j.properties, j.plan, j.attempt, j.exit_code, j.error,
      j.environment_key, j.environment_lock IS NOT NULL AS has_lock, j.inputs, j.outputs, j.warnings ${summaryTables}
      WHERE w.name = ? AND r.workspace_id = w.id AND r.name = ? AND j.run_id IS NOT NULL`;
    return db.get(sql, args.workspace, args.name);
  },

  /** The lock is long, so it is read only when somebody asks for it. */
  jobLock(db: Db, args: { workspace: string; name: string }): string | null {
    const sql = `SELECT environment_lock FROM jobs JOIN workspaces ON workspaces.id = jobs.workspace_id WHERE workspaces.name = ? AND jobs.name = ?`;
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
