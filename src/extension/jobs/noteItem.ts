import * as vscode from "vscode";
import type { EngineState } from "../session.ts";

/** A row that says why there are no jobs to see, with what can be done about it. */
export interface Note {
  label: string;
  description: string;
  icon: string;
  command: string;
}

/** The state of the list in words; undefined when there are jobs. */
export function noteFor(state: {
  engine: EngineState;
  fault: string;
  jobs: number;
  filtered: boolean;
}): Note | undefined {
  if (state.engine !== "running" && !vscode.workspace.isTrusted) {
    return {
      label: vscode.l10n.t("Restricted Mode"),
      description: vscode.l10n.t("nothing runs from this folder until it is trusted"),
      icon: "shield",
      command: "workbench.trust.manage",
    };
  }
  if (state.fault !== "")
    return {
      label: vscode.l10n.t("Engine failed"),
      description: state.fault,
      icon: "error",
      command: "slipway.engine.logs",
    };
  if (state.engine === "starting")
    return {
      label: vscode.l10n.t("Starting the engine…"),
      description: "",
      icon: "loading~spin",
      command: "slipway.showOutput",
    };
  if (state.engine !== "running")
    return {
      label: vscode.l10n.t("Engine stopped"),
      description: vscode.l10n.t("start it"),
      icon: "debug-start",
      command: "slipway.engine.start",
    };
  if (state.jobs > 0) return undefined;
  return state.filtered
    ? {
        label: vscode.l10n.t("No job matches the filter"),
        description: vscode.l10n.t("clear it"),
        icon: "filter",
        command: "slipway.jobs.clearFilter",
      }
    : {
        label: vscode.l10n.t("No jobs yet"),
        description: vscode.l10n.t("press ▶ on a file above"),
        icon: "info",
        command: "slipway.job.run",
      };
}

export function noteItem(note: Note): vscode.TreeItem {
  const item = new vscode.TreeItem(note.label);
  item.id = `note/${note.label}`;
  item.description = note.description;
  item.tooltip = `${note.label}: ${note.description}`;
  item.iconPath = new vscode.ThemeIcon(note.icon);
  item.command = { command: note.command, title: note.label };
  return item;
}
