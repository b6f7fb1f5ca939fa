import { isTerminal, type JobStatus } from "#contract/entities/jobStatus.ts";

/**
 * Which status may follow which. States only move forward; a terminal one never changes. `CancelRequested` is left
 * only for an end: a job that ended by itself before the signal arrived keeps its own result (the target's word wins).
 */
const nextStatuses: Readonly<Record<JobStatus, readonly JobStatus[]>> = {
  NotStarted: ["Queued", "CancelRequested", "Canceled", "Failed"],
  Queued: ["Preparing", "CancelRequested", "Canceled", "Failed"],
  Preparing: ["Starting", "CancelRequested", "Canceled", "Failed"],
  Starting: ["Running", "Finalizing", "CancelRequested", "Canceled", "Failed"],
  Running: ["Finalizing", "CancelRequested", "Canceled", "Failed"],
  CancelRequested: ["Finalizing", "Completed", "Failed", "Canceled"],
  Finalizing: ["Completed", "Failed", "Canceled"],
  Completed: [],
  Failed: [],
  Canceled: [],
};

/** Whether a job may go from one status to another. */
export function mayFollow(from: JobStatus, to: JobStatus): boolean {
  return nextStatuses[from].includes(to);
}

/** MLflow's name for a job's status on its run. */
export function mlflowStatus(status: JobStatus): "SCHEDULED" | "RUNNING" | "FINISHED" | "FAILED" | "KILLED" {
  if (!isTerminal(status)) return status === "NotStarted" || status === "Queued" ? "SCHEDULED" : "RUNNING";
  if (status === "Completed") return "FINISHED";
  return status === "Failed" ? "FAILED" : "KILLED";
}
