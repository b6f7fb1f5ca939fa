import type { JobStatus } from "#contract/entities/jobStatus.ts";

/** MLflow's statuses of a run, with Azure ML's name of each. */
export const runStatusNames: Readonly<Record<string, JobStatus>> = {
  SCHEDULED: "NotStarted",
  RUNNING: "Running",
  FINISHED: "Completed",
  FAILED: "Failed",
  KILLED: "Canceled",
};

/** A run's MLflow status as Azure ML names it. */
export function jobStatusOf(status: string): JobStatus {
  return runStatusNames[status] ?? "Running";
}
