import type * as vscode from "vscode";

/** What is asked of a job file. */
export type JobTest =
  | { kind: "validate"; uri: vscode.Uri }
  /** A real run, made small by `--set` pairs. */
  | { kind: "smoke"; uri: vscode.Uri; pairs: readonly string[] };
