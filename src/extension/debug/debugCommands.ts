import * as vscode from "vscode";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import type { JobNode } from "../jobs/jobItems.ts";
import type { JobList } from "../jobs/jobList.ts";
import { pickJob } from "../jobs/pickJob.ts";
import type { CommandHandlers } from "../vscode/commands.ts";
import { launchOf } from "./configurations.ts";
import { debugType } from "./jobConfiguration.ts";

type DebugCommand = "slipway.debug.start" | "slipway.debug.attach";

/** F5 on a job file, and a debugger for a job that runs. */
export function debugCommands(options: {
  jobs: JobList;
  view: () => vscode.TreeView<JobNode>;
}): Pick<CommandHandlers, DebugCommand> {
  return {
    "slipway.debug.start": (argument) => {
      const uri = fileOf(argument);
      return vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(uri), launchOf(uri));
    },
    "slipway.debug.attach": async (argument) => {
      const job = await pickJob(argument, {
        jobs: options.jobs,
        title: vscode.l10n.t("Attach Debugger"),
        selected: () => options.view().selection[0],
        only: ({ status }) => !isTerminal(status),
      });
      const folder = job.source_file
        ? vscode.workspace.getWorkspaceFolder(vscode.Uri.file(job.source_file))
        : undefined;
      const configuration = {
        type: debugType,
        request: "attach",
        name: vscode.l10n.t("Attach to {0}", job.display_name),
        job: job.name,
      };
      return vscode.debug.startDebugging(folder ?? vscode.workspace.workspaceFolders?.[0], configuration);
    },
  };
}

function fileOf(argument: unknown): vscode.Uri {
  if (argument instanceof vscode.Uri) return argument;
  const node = argument as JobNode | undefined;
  if (node?.kind === "runnable") return node.runnable.uri;
  const active = vscode.window.activeTextEditor?.document.uri;
  if (!active) throw new Error(vscode.l10n.t("Open a job YAML or a Python script first."));
  return active;
}
