import * as vscode from "vscode";

/** Every `when` context that our menus and welcome texts ask for. */
interface Contexts {
  "slipway.engine": "stopped" | "starting" | "running" | "failed";
  "slipway.jobs": "loading" | "some" | "empty" | "filtered";
  "slipway.jobs.isFiltered": boolean;
  "slipway.models": "some" | "empty";
  "slipway.editorIsJob": boolean;
  "slipway.runnable": Record<string, true>;
  /** There is no Node, as on vscode.dev. */
  "slipway.web": boolean;
}

export function setContext<K extends keyof Contexts>(key: K, value: Contexts[K]): void {
  void vscode.commands.executeCommand("setContext", key, value);
}
