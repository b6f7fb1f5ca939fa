import type { Db } from "../database.ts";
import type { CommandTable } from "../table.ts";

export const jobAttemptCommands = {
  /** Begins a job's next attempt and leases its devices. False when the caller's lease does not hold any more. */
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
  ): boolean {
    const sql = "UPDATE jobs SET attempt = ? WHERE run_id = ? AND lease = ?";
    if (db.run(sql, args.attempt, args.runId, args.lease).changes === 0) return false;
    db.run(
      `INSERT INTO job_attempts(run_id, attempt, compute, folder, marker, gpus, created_at) VALUES (?,?,?,?,?,?,?)`,
      args.runId,
      args.attempt,
      args.compute,
      args.folder,
      args.marker,
      JSON.stringify(args.gpus),
      args.at,
    );
    return true;
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
