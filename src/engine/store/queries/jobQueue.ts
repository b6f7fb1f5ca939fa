import type { JobStatus } from "#contract/entities/jobStatus.ts";
import type { Db } from "../database.ts";
import type { QueryTable } from "../table.ts";

/** A job that is not over, as the scheduler sees it. */
export interface UnfinishedJob {
  run_id: number;
  workspace: string;
  name: string;
  actor: string;
  status: JobStatus;
  compute: string;
  priority: number;
  cpus: number;
  memory_bytes: number;
  gpu_count: number;
  attempt: number;
  cancel_requested: number;
  /** JSON array of device uuids that the current attempt has leased; null when there is no attempt. */
  gpus: string | null;
  launched_at: number | null;
}

export const jobQueueQueries = {
  /** Every job that is not over; for each target in the order in which they start: by priority, then by age. */
  unfinishedJobs(db: Db, _args: Record<string, never>): UnfinishedJob[] {
    return db.all(
      `SELECT jobs.run_id, workspaces.name AS workspace, jobs.name, jobs.actor, status, jobs.compute, priority, cpus, memory_bytes,
         gpu_count, jobs.attempt, cancel_requested, job_attempts.gpus, launched_at
       FROM jobs JOIN workspaces ON workspaces.id = jobs.workspace_id
       LEFT JOIN job_attempts ON job_attempts.run_id = jobs.run_id AND job_attempts.attempt = jobs.attempt
       WHERE ended_at IS NULL ORDER BY jobs.compute, priority DESC, jobs.run_id`,
    );
  },
} satisfies QueryTable;
