import type { CloneSource } from "../routes/reproduce.ts";

/** What a person may change of a recorded job. All values are text, as they stand in the form. */
export interface CloneForm {
  display_name: string;
  experiment_name: string;
  compute: string;
  code: "snapshot" | "folder";
  inputs: Record<string, string>;
  environment_variables: { name: string; value: string }[];
}

/** What the form begins with. */
export interface ClonePanelState {
  source: CloneSource;
  computes: string[];
}

/** Extension → page. */
export type ClonePanelEvent =
  | ({ type: "snapshot"; seq: number } & ClonePanelState)
  /** A path was chosen for an input. */
  | { type: "picked"; seq: number; input: string; path: string }
  /** What came of the last request: a fault, or an empty text. */
  | { type: "settled"; seq: number; fault: string };

/** Page → extension. Checked by the extension against this list. */
export const clonePanelRequests = ["ready", "pick", "submit", "open-yaml", "open-job"] as const;

export type ClonePanelRequest =
  | { type: "ready" }
  | { type: "pick"; input: string; folder: boolean }
  | { type: "submit"; form: CloneForm }
  | { type: "open-yaml"; form: CloneForm }
  | { type: "open-job" };
