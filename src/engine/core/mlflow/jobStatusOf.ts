import type { JobStatus } from "#contract/entities/jobStatus.ts";

const names: Readonly<Record<string, JobStatus>> = {
  SCHEDULED: "NotStarted",
  RUNNING: "Running",
  FINISHED: "Completed",
  FAILED: "Failed",
  KILLED: "Canceled",
};

/** A run's MLflow status as Azure ML names it. */
export function jobStatusOf(status: string): JobStatus {
  return names[status] ?? "Running";
}
