import { slipwayError } from "#contract/errors.ts";
import { isTerminal, type JobStatus } from "#contract/entities/jobStatus.ts";
import { mayFollow, mlflowStatus } from "../../core/jobStatus.ts";
import type { Db } from "../database.ts";
import type { CommandTable } from "../table.ts";

/** Columns of a job that a status change may set with it. */
export interface JobFields {
  started_at?: number;
  ended_at?: number;
  exit_code?: number | null;
  error?: string | null;
  environment_key?: string;
  environment_lock?: string | null;
  inputs?: string;
  outputs?: string;
}

export interface ChangeJob {
  runId: number;
  /** The change is made only while this lease holds. */
  lease: string;
  to: JobStatus;
  at: number;
  actor: string;
  evidence: Record<string, unknown>;
  set?: JobFields;
}

interface Current {
  status: JobStatus;
  lease: string | null;
  attempt: number;
}

const settable = [
  "started_at",
  "ended_at",
  "exit_code",
  "error",
  "environment_key",
  "environment_lock",
  "inputs",
  "outputs",
] as const;
/** One statement for every set of fields: an absent one keeps its value. */
const setFields = `UPDATE jobs SET modified_at = ?, ${settable
  .map((field) => `${field} = CASE WHEN ? THEN ? ELSE ${field} END`)
  .join(", ")} WHERE run_id = ?`;

function setJobFields(db: Db, runId: number, at: number, set: JobFields): void {
  const values = settable.flatMap((field) => [set[field] === undefined ? 0 : 1, set[field] ?? null]);
  db.run(setFields, at, ...values, runId);
}

function current(db: Db, runId: number): Current {
  const row = db.get<Current>("SELECT status, lease, attempt FROM jobs WHERE run_id = ?", runId);
  if (row === undefined) throw slipwayError("not-found", `There is no job with run ${runId}.`);
  return row;
}

/** Makes a change if the lease holds and the status may follow. Says which status the job has then. */
export function changeUnderLease(db: Db, args: ChangeJob): { applied: boolean; status: JobStatus } {
  const now = current(db, args.runId);
  if (now.lease !== args.lease || !mayFollow(now.status, args.to)) return { applied: false, status: now.status };
  change(db, now, args);
  return { applied: true, status: args.to };
}

/** The job's run says the same in MLflow's words, in the same commit: nobody ever sees the one without the other. */
function changeRun(db: Db, { runId, to, at }: Pick<ChangeJob, "runId" | "to" | "at">): void {
  if (to !== "Running" && !isTerminal(to)) return;
  const end = isTerminal(to) ? at : null;
  db.run("UPDATE runs SET status = ?, end_time = coalesce(?, end_time) WHERE id = ?", mlflowStatus(to), end, runId);
}

/** Clocks are set back: no change is older than the one before it. */
function lastChange(db: Db, runId: number): number {
  return db.get<{ at: number | null }>("SELECT max(at) AS at FROM job_changes WHERE run_id = ?", runId)?.at ?? 0;
}

/** Makes a change that may be made, with its row. */
export function change(db: Db, now: Current, wanted: Omit<ChangeJob, "lease">): void {
  const args = { ...wanted, at: Math.max(wanted.at, lastChange(db, wanted.runId)) };
  changeRun(db, args);
  db.run("UPDATE jobs SET status = ? WHERE run_id = ?", args.to, args.runId);
  setJobFields(db, args.runId, args.at, args.set ?? {});
  if (args.to === "Starting") {
    // From now on only the target knows whether the attempt runs.
    const launched = "UPDATE job_attempts SET launched_at = ? WHERE run_id = ? AND attempt = ?";
    db.run(launched, args.at, args.runId, now.attempt);
  }
  if (isTerminal(args.to)) {
    db.run("UPDATE jobs SET ended_at = coalesce(ended_at, ?), lease = NULL WHERE run_id = ?", args.at, args.runId);
  }
  db.run(
    "INSERT INTO job_changes(run_id, attempt, at, from_status, to_status, actor, evidence) VALUES (?,?,?,?,?,?,?)",
    args.runId,
    now.attempt,
    args.at,
    now.status,
    args.to,
    args.actor,
    JSON.stringify(args.evidence),
  );
}

export const jobChangeCommands = {
  /** Leases of an engine that is gone are void: one engine owns the store. */
  releaseJobLeases(db: Db, _args: Record<string, never>): void {
    db.run("UPDATE jobs SET lease = NULL WHERE lease IS NOT NULL");
  },

  /** Takes the job for the caller alone. False when somebody has it or it is over. */
  leaseJob(db: Db, args: { runId: number; lease: string }): boolean {
    const sql = "UPDATE jobs SET lease = ? WHERE run_id = ? AND lease IS NULL AND ended_at IS NULL";
    return db.run(sql, args.lease, args.runId).changes === 1;
  },

  releaseJob(db: Db, args: { runId: number; lease: string }): void {
    db.run("UPDATE jobs SET lease = NULL WHERE run_id = ? AND lease = ?", args.runId, args.lease);
  },

  /** Moves a job on, with its evidence. */
  changeJob(db: Db, args: ChangeJob): { applied: boolean; status: JobStatus } {
    return changeUnderLease(db, args);
  },

  /** Sets facts of a leased job without changing its status. */
  noteJob(db: Db, args: { runId: number; lease: string; at: number; set: JobFields }): boolean {
    if (current(db, args.runId).lease !== args.lease) return false;
    setJobFields(db, args.runId, args.at, args.set);
    return true;
  },

  /** Adds a line that the job's page shows; each line once, at most 50. */
  warnJob(db: Db, args: { runId: number; warning: string }): boolean {
    const row = db.get<{ warnings: string }>("SELECT warnings FROM jobs WHERE run_id = ?", args.runId);
    const warnings = JSON.parse(row?.warnings ?? "[]") as string[];
    if (row === undefined || warnings.length >= 50 || warnings.includes(args.warning)) return false;
    const text = JSON.stringify([...warnings, args.warning]);
    db.run("UPDATE jobs SET warnings = ? WHERE run_id = ?", text, args.runId);
    return true;
  },

  /**
   * Asks a job to stop. One that nobody works on is Canceled at once; any other becomes CancelRequested and its worker
   * sees to the end. Asking again changes nothing. Throws `conflict` when the job is over in another way.
   */
  requestCancel(db: Db, args: { runId: number; at: number; actor: string }): JobStatus {
    const now = current(db, args.runId);
    if (now.status === "CancelRequested" || now.status === "Canceled") return now.status;
    if (isTerminal(now.status)) {
      throw slipwayError("conflict", `The job is ${now.status} already; there is nothing to cancel.`);
    }
    const to = now.lease === null && now.attempt === 0 ? "Canceled" : "CancelRequested";
    db.run("UPDATE jobs SET cancel_requested = 1 WHERE run_id = ?", args.runId);
    // A job whose outputs are being kept is past cancelling: it ends by itself in a moment.
    if (!mayFollow(now.status, to)) return now.status;
    change(db, now, { runId: args.runId, to, at: args.at, actor: args.actor, evidence: { asked_by: args.actor } });
    return to;
  },
} satisfies CommandTable;
