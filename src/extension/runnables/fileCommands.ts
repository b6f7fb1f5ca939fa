import * as vscode from "vscode";
import type { JobNode } from "../jobs/jobItems.ts";
import { saveAsJob } from "../submit/saveAsJob.ts";
import type { CommandHandlers } from "../vscode/commands.ts";
import type { LanguageServer } from "./languageServer.ts";

/** What can be done with a file before it is a job. */
export function fileCommands(options: {
  server: LanguageServer;
}): Pick<CommandHandlers, "slipway.job.validate" | "slipway.script.saveAsJob"> {
  return {
    "slipway.job.validate": async (argument) => {
      const uri = fileOf(argument);
      await options.server.start();
      await vscode.window.showTextDocument(uri);
      // Diagnostics follow the opening; the panel shows them as they come, and says so when there are none.
      await vscode.commands.executeCommand("workbench.actions.view.problems");
    },
    "slipway.script.saveAsJob": (argument) => saveAsJob(fileOf(argument)),
  };
}

function fileOf(argument: unknown): vscode.Uri {
  if (argument instanceof vscode.Uri) return argument;
  if (typeof argument === "string") return vscode.Uri.parse(argument);
  const node = argument as JobNode | undefined;
  if (node?.kind === "runnable") return node.runnable.uri;
  const active = vscode.window.activeTextEditor?.document.uri;
  if (!active) throw new Error(vscode.l10n.t("Open the file first."));
  return active;
}
