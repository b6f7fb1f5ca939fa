import type { ComparedSeries, Comparison, Difference } from "../routes/compare.ts";

/** What the compare page is shown. */
export interface ComparePanelState {
  comparison: Comparison;
  /** The run that is explained against the baseline; empty when there is only one run. */
  explained: string;
  difference: Difference | null;
  /** Why there is no difference to show, in the engine's words. */
  fault: string;
}

/** Extension → page. A snapshot is whole; series are merged by metric and run. */
export type ComparePanelEvent =
  | ({ type: "snapshot"; seq: number } & ComparePanelState)
  | { type: "series"; seq: number; series: ComparedSeries[] }
  | { type: "contact"; seq: number; message: string };

/** Page → extension. Checked by the extension against this list. */
export const comparePanelRequests = [
  "ready",
  "series",
  "baseline",
  "explain",
  "remove",
  "add",
  "open-job",
  "open-file",
  "open-locks",
  "export",
] as const;

export type ComparePanelRequest =
  | { type: "ready" }
  /** Charts of these metrics have come into sight. */
  | { type: "series"; keys: string[] }
  | { type: "baseline"; name: string }
  | { type: "explain"; name: string }
  | { type: "remove"; name: string }
  | { type: "add" }
  | { type: "open-job"; name: string }
  | { type: "open-file"; path: string; change: Difference["code"]["files"][number]["change"] }
  | { type: "open-locks" }
  | { type: "export"; format: "csv" | "html" };
