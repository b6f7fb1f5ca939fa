import type { Job } from "../entities/job.ts";
import type { Reproductions } from "../routes/reproduce.ts";
import type { FileEntry, MetricSeries, RunData } from "../routes/jobs.ts";

/** What the job page is shown: always a whole picture on show, then parts as they change. */
export interface JobPanelState {
  job: Job;
  run: RunData;
  /** Keys of all metrics; `series` holds the histories of those that are shown. */
  series: MetricSeries[];
  /** What a run that no submit made has left, first of all the nearest; empty for a job, whose view shows its files. */
  files: FileEntry[];
  /** The run that this one reproduces and those that reproduce it. */
  reproductions: Reproductions;
  /** In Restricted Mode nothing can be run or cancelled. */
  trusted: boolean;
}

/** Extension → page. */
export type JobPanelEvent =
  | ({ type: "snapshot"; seq: number } & JobPanelState)
  | { type: "job"; seq: number; job: Job }
  | { type: "run"; seq: number; run: RunData; series: MetricSeries[]; files: FileEntry[]; reproductions: Reproductions }
  | { type: "contact"; seq: number; lost: boolean; message: string };

/** Page → extension. Checked by the extension against this list. */
export const jobPanelRequests = [
  "ready",
  "open-log",
  "open-artifact",
  "open-location",
  "open-job",
  "open-lock",
  "cancel",
  "rerun",
  "reproduce",
  "clone",
  "fix",
  "copy-name",
  "compare",
] as const;

export type JobPanelRequest =
  | { type: "ready" }
  | { type: "open-log"; path: string }
  | { type: "open-artifact"; path: string }
  | { type: "open-location"; file: string; line: number }
  | { type: "open-job"; name: string }
  | { type: "open-lock" }
  | { type: "cancel" }
  | { type: "rerun" }
  | { type: "reproduce" }
  | { type: "clone" }
  | { type: "fix" }
  | { type: "copy-name" }
  | { type: "compare" };
