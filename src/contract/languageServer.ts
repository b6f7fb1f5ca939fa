/** Requests between extension and language server besides the Language Server Protocol's own. Names are wire names. */

/** What the files of a folder are: `{ uris }` → one {@link Classified} each, in the same order. */
export const classifyRequest = "slipway/classify";

export interface ClassifyParams {
  uris: string[];
}

export interface Classified {
  uri: string;
  /** The Azure ML kind (`job:command`…), `script` for a Python program, null for anything else. */
  kind: string | null;
  /** For people: "Command job", "Python script". */
  what: string;
  /** Whether ▶ can submit it. */
  runnable: boolean;
}

/** What is wrong with one file: {@link CheckParams} → {@link Checked}. */
export const checkRequest = "slipway/check";

export interface CheckParams {
  uri: string;
  /** `--set` pairs, merged before the check. */
  set: string[];
}

export interface CheckedProblem {
  code: string;
  severity: "error" | "warning" | "info";
  message: string;
  /** From 1, as in the editor's status bar. */
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  /** Whether the place is in a `--set` pair and not in the file. */
  inFlag: boolean;
}

export interface Checked {
  /** The Azure ML kind, null when the file is none. */
  kind: string | null;
  /** Whether Azure ML would take the file as a job. */
  valid: boolean;
  problems: CheckedProblem[];
}
