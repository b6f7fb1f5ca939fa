import type { JobSummary } from "#contract/entities/job.ts";

/** How long a job has been running, or ran: "12 s", "3 min 4 s", "2 h 10 min". Empty before its start. */
export function duration(job: Pick<JobSummary, "started_at" | "ended_at">, now: number): string {
  if (job.started_at === null) return "";
  return sinceWords((job.ended_at ?? now) - job.started_at);
}

/** A length of time in words; never negative, whatever the clocks say. */
function sinceWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
