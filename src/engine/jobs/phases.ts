import type { Phase } from "#contract/entities/job.ts";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import type { JobChangeRow } from "../store/queries/jobs.ts";

/** The stretches of a job's life, from its status changes. The moment of cancelling is part of the phase it fell into. */
export function toPhases(changes: readonly JobChangeRow[]): Phase[] {
  const phases: Phase[] = [];
  for (const change of changes) {
    const last = phases.at(-1);
    // Clocks may be set back: a phase never ends before it began.
    const at = Math.max(change.at, last?.started_at ?? 0);
    if (change.to_status === "CancelRequested") continue;
    if (last) last.ended_at = at;
    if (!isTerminal(change.to_status)) phases.push({ name: change.to_status, started_at: at, ended_at: null });
  }
  return phases;
}
