import type { RunQuery, RunTableColumns, RunTableRow, RunView } from "../routes/runTable.ts";

/** What the runs page is shown beside the rows. */
export interface RunsPanelState {
  workspace: string;
  known: RunTableColumns;
  views: RunView[];
}

/** Extension → page. Rows and faults name the search or the set of columns that they answer. */
export type RunsPanelEvent =
  | ({ type: "snapshot"; seq: number } & RunsPanelState)
  /** The answer to a search; sent again when runs have come, gone or changed their order. */
  | { type: "found"; seq: number; search: number; ids: number[]; total: number }
  /** A filter that cannot be read, and where in it. */
  | { type: "fault"; seq: number; search: number; message: string; at: number; end: number }
  | { type: "rows"; seq: number; generation: number; rows: RunTableRow[] }
  /** Runs whose cells are no longer what was sent, by name; null for all. */
  | { type: "stale"; seq: number; names: string[] | null }
  | { type: "values"; seq: number; column: string; prefix: string; values: string[] }
  | { type: "views"; seq: number; views: RunView[] }
  | { type: "notice"; seq: number; message: string; undo: boolean }
  /** The engine cannot be reached or has failed. `start` offers to start it. */
  | { type: "contact"; seq: number; message: string; start: boolean };

/** Page → extension. Checked by the extension against this list. */
export const runsPanelRequests = [
  "ready",
  "search",
  "rows",
  "values",
  "save-view",
  "delete-view",
  "open",
  "compare",
  "archive",
  "delete",
  "restore",
  "undo",
  "copy-names",
  "export",
  "start-engine",
  "run-file",
] as const;

export type RunsPanelRequest =
  | { type: "ready" }
  | { type: "search"; search: number; query: RunQuery }
  | { type: "rows"; generation: number; ids: number[]; columns: string[] }
  | { type: "values"; column: string; prefix: string }
  | { type: "save-view"; view: RunView }
  | { type: "delete-view"; name: string }
  | { type: "open"; name: string }
  /** What is done with the runs that are selected. */
  | { type: "compare" | "archive" | "delete" | "restore" | "copy-names"; ids: number[] }
  | { type: "undo" }
  | { type: "export"; ids: number[]; columns: string[] }
  | { type: "start-engine" }
  | { type: "run-file" };
