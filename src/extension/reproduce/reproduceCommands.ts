import * as vscode from "vscode";
import { createJobName } from "#base/jobName.ts";
import type { JobSummary } from "#contract/entities/job.ts";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import type { JobNode } from "../jobs/jobItems.ts";
import type { JobList } from "../jobs/jobList.ts";
import type { JobPanels } from "../jobs/jobPanels.ts";
import { pickJob } from "../jobs/pickJob.ts";
import type { Session } from "../session.ts";
import type { ClonePanels } from "./clonePanels.ts";
import type { CommandHandlers } from "../vscode/commands.ts";

/** Runs of a recorded job: again as it was (the report stands on the new run's page), or with changes, from a form. */
export function reproduceCommands(options: {
  session: Session;
  jobs: JobList;
  panels: JobPanels;
  clones: ClonePanels;
  view: () => vscode.TreeView<JobNode>;
}): Pick<CommandHandlers, "slipway.job.reproduce" | "slipway.job.clone"> {
  const { session, jobs, panels, clones, view } = options;
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
    "slipway.job.clone": async (argument) => {
      const chosen = await pickJob(argument, {
        ...{ jobs, title: vscode.l10n.t("Clone and Change"), selected: () => view().selection[0] },
        only: ({ type }) => type === "command",
      });
      clones.show(chosen);
    },
  };
}

/** Only what was submitted here and is over has a whole record. */
function isReproducible(job: JobSummary): boolean {
  return job.type === "command" && isTerminal(job.status);
}
