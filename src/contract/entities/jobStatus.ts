/** Azure ML's job states, those that a command job on one's own machines can have. */
export const jobStatuses = [
  "NotStarted",
  "Queued",
  "Preparing",
  "Starting",
  "Running",
  "Finalizing",
  "CancelRequested",
  "Completed",
  "Failed",
  "Canceled",
] as const;
export type JobStatus = (typeof jobStatuses)[number];

/** Whether a job is over. A terminal status never changes. */
export function isTerminal(status: JobStatus): boolean {
  return status === "Completed" || status === "Failed" || status === "Canceled";
}
