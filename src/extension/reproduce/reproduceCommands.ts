import * as vscode from "vscode";
import { createJobName } from "#base/jobName.ts";
import type { JobSummary } from "#contract/entities/job.ts";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import type { JobNode } from "../jobs/jobItems.ts";
import type { JobList } from "../jobs/jobList.ts";
import type { JobPanels } from "../jobs/jobPanels.ts";
import { pickJob } from "../jobs/pickJob.ts";
import type { Session } from "../session.ts";
import type { CommandHandlers } from "../vscode/commands.ts";

/** Runs a recorded job again, and opens the page of the new run: its report stands there when it is over. */
export function reproduceCommands(options: {
  session: Session;
  jobs: JobList;
  panels: JobPanels;
  view: () => vscode.TreeView<JobNode>;
}): Pick<CommandHandlers, "slipway.job.reproduce"> {
  const { session, jobs, panels, view } = options;
  return {
    "slipway.job.reproduce": async (argument) => {
      const chosen = await pickJob(argument, {
        ...{ jobs, title: vscode.l10n.t("Reproduce"), selected: () => view().selection[0] },
        only: isReproducible,
      });
      const client = await session.client();
      // Made beforehand: a lost reply is asked for again under the same name.
      const name = createJobName();
      const title = vscode.l10n.t("Reproducing {0}", chosen.display_name);
      const made = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
        client.reproduceJob({ params: { workspace: session.workspace, name: chosen.name }, body: { name } }),
      );
      panels.show(made.name);
    },
  };
}

/** Only what was submitted here and is over has a whole record. */
function isReproducible(job: JobSummary): boolean {
  return job.type === "command" && isTerminal(job.status);
}
