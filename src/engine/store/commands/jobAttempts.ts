import type { JobStatus } from "#contract/entities/jobStatus.ts";
import type { Db } from "../database.ts";
import type { CommandTable } from "../table.ts";
import { changeUnderLease } from "./jobChanges.ts";

export const jobAttemptCommands = {
  /**
   * Begins a job's next attempt: leases its devices and makes the job Preparing, in one commit. Not applied when the
   * caller's lease does not hold any more or the job was asked to stop.
   */
  beginAttempt(
    db: Db,
    args: {
      runId: number;
      lease: string;
      attempt: number;
      compute: string;
      folder: string;
      marker: string;
      gpus: readonly string[];
      at: number;
    },
  ): { applied: boolean; status: JobStatus } {
    const { runId, lease, attempt, compute, gpus, at } = args;
    const before = db.get<{ attempt: number }>("SELECT attempt FROM jobs WHERE run_id = ?", runId)?.attempt ?? 0;
    db.run("UPDATE jobs SET attempt = ? WHERE run_id = ?", attempt, runId);
    const evidence = { compute, gpus };
    const outcome = changeUnderLease(db, { runId, lease, to: "Preparing", at, actor: "engine", evidence });
    if (!outcome.applied) {
      db.run("UPDATE jobs SET attempt = ? WHERE run_id = ?", before, runId);
      return outcome;
    }
    db.run(
      `INSERT INTO job_attempts(run_id, attempt, compute, folder, marker, gpus, created_at) VALUES (?,?,?,?,?,?,?)`,
      runId,
      attempt,
      compute,
      args.folder,
      args.marker,
      JSON.stringify(gpus),
      at,
    );
    return outcome;
  },

  attemptPrepared(db: Db, args: { runId: number; attempt: number; outputPaths: Record<string, string> }): void {
    const sql = "UPDATE job_attempts SET output_paths = ? WHERE run_id = ? AND attempt = ?";
    db.run(sql, JSON.stringify(args.outputPaths), args.runId, args.attempt);
  },

  attemptExited(db: Db, args: { runId: number; attempt: number; exit: string }): void {
    const sql = "UPDATE job_attempts SET exit = coalesce(exit, ?) WHERE run_id = ? AND attempt = ?";
    db.run(sql, args.exit, args.runId, args.attempt);
  },

  /** How far journal and samples of an attempt have been taken over. They only grow. */
  saveOffsets(db: Db, args: { runId: number; attempt: number; journal: number; samples: number }): void {
    db.run(
      `UPDATE job_attempts SET journal_offset = max(journal_offset, ?), samples_offset = max(samples_offset, ?)
       WHERE run_id = ? AND attempt = ?`,
      args.journal,
      args.samples,
      args.runId,
      args.attempt,
    );
  },
} satisfies CommandTable;
