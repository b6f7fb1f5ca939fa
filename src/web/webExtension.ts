import * as vscode from "vscode";
import { commands, type CommandId } from "#extension/contributions/commands.ts";
import { setContext } from "#extension/vscode/context.ts";
import { registerLanguage } from "./webLanguage.ts";
import { WebTree } from "./webTree.ts";

/**
 * The composition root where there is no Node, as on vscode.dev: files are looked at and checked, nothing runs. Every command
 * of the manifest has an answer here too, so that none ends in "not found".
 */
export function activate(context: vscode.ExtensionContext): void {
  setContext("slipway.web", true);
  const tree = new WebTree();
  context.subscriptions.push(
    tree,
    vscode.window.registerTreeDataProvider("slipway.jobs", tree),
    registerLanguage(),
    ...(Object.keys(commands) as CommandId[]).map((id) =>
      vscode.commands.registerCommand(id, () =>
        id === "slipway.refresh" ? tree.refresh() : tellWhy(commands[id].title),
      ),
    ),
  );
}

/** What is missing, and what brings it. */
async function tellWhy(command: string): Promise<void> {
  const next = vscode.l10n.t("Continue Working in…");
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t(
      "“{0}” needs a machine: in a browser alone there is no engine that could run jobs or knows of any. Open this folder in VS Code on a desktop, or connect this window to a machine.",
      command,
    ),
    next,
  );
  if (answer === next) await vscode.commands.executeCommand("workbench.action.remote.showMenu");
}
