import { isTerminal, type JobStatus } from "#contract/entities/jobStatus.ts";
import type { Db } from "../database.ts";
import type { CommandTable } from "../table.ts";
import { change } from "./jobChanges.ts";
import { jobCommands, type NewJob } from "./jobs.ts";

/** An attempt that a target holds. */
interface Held {
  attempt: number;
  folder: string;
  marker: string;
  gpus: readonly string[];
}

export const takenUpCommands = {
  /**
   * Makes an attempt known that was started on a target and that this store, an older copy of what it was, knows nothing
   * of. The job is made anew where it is gone. False when the store knows the attempt, or one after it, or an end.
   */
  takeUpAttempt(db: Db, args: { job: NewJob; held: Held }): boolean {
    const { job, held } = args;
    const runId = existing(db, job) ?? jobCommands.createJob(db, job).runId;
    const now = db.get<{ status: JobStatus; attempt: number }>(
      "SELECT status, attempt FROM jobs WHERE run_id = ?",
      runId,
    );
    const row = db.get<{ launched_at: number | null }>(
      "SELECT launched_at FROM job_attempts WHERE run_id = ? AND attempt = ?",
      runId,
      held.attempt,
    );
    // A run of that name that is no job belongs to somebody else.
    if (!now || isTerminal(now.status) || now.attempt > held.attempt || (row && row.launched_at !== null)) return false;
    db.run("UPDATE jobs SET attempt = ? WHERE run_id = ?", held.attempt, runId);
    db.run(
      `INSERT INTO job_attempts(run_id, attempt, compute, folder, marker, gpus, created_at) VALUES (?,?,?,?,?,?,?)
       ON CONFLICT (run_id, attempt) DO UPDATE SET folder = excluded.folder, marker = excluded.marker, gpus = excluded.gpus`,
      runId,
      held.attempt,
      job.compute,
      held.folder,
      held.marker,
      JSON.stringify(held.gpus),
      job.at,
    );
    const evidence = { words: "found on the target after the store was restored", folder: held.folder };
    const step = { runId, at: job.at, actor: "engine", evidence };
    const at = (status: JobStatus) => ({ status, lease: null, attempt: held.attempt });
    if (now.status === "Queued") change(db, at("Queued"), { ...step, to: "Preparing" });
    if (now.status === "Queued" || now.status === "Preparing") change(db, at("Preparing"), { ...step, to: "Starting" });
    else
      db.run("UPDATE job_attempts SET launched_at = ? WHERE run_id = ? AND attempt = ?", job.at, runId, held.attempt);
    return true;
  },
} satisfies CommandTable;

function existing(db: Db, job: NewJob): number | undefined {
  return db.get<{ id: number }>(
    "SELECT runs.id FROM runs JOIN workspaces ON workspaces.id = workspace_id WHERE workspaces.name = ? AND runs.name = ?",
    job.workspace,
    job.name,
  )?.id;
}
