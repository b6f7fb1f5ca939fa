import * as vscode from "vscode";
import { whole } from "../vscode/numbers.ts";
import type { ExperimentFolder } from "./experimentFolders.ts";

/** A row for an experiment or a folder of experiments. `more`: the list goes on, so there may be more jobs than these. */
export function experimentItem(folder: ExperimentFolder, options: { more: boolean }): vscode.TreeItem {
  const item = new vscode.TreeItem(folder.label, vscode.TreeItemCollapsibleState.Collapsed);
  const count = options.more
    ? vscode.l10n.t("{0} or more jobs", whole(folder.count))
    : folder.count === 1
      ? vscode.l10n.t("1 job")
      : vscode.l10n.t("{0} jobs", whole(folder.count));
  const running = folder.running > 0 ? [vscode.l10n.t("{0} running", whole(folder.running))] : [];
  item.id = `experiment/${folder.path}`;
  item.description = [count, ...running].join(", ");
  item.tooltip = folder.path;
  item.iconPath = new vscode.ThemeIcon(folder.folders.length > 0 ? "folder" : "beaker");
  item.contextValue = "experiment";
  item.accessibilityInformation = {
    label: [vscode.l10n.t("experiment {0}", folder.path), count, ...running].join(", "),
  };
  return item;
}
