import type { ExperimentFolder } from "../jobs/experimentFolders.ts";
import type { CommandHandlers } from "../vscode/commands.ts";
import type { RunsPanels } from "./runsPanels.ts";

/** Opens the runs table: of all runs, or of the experiments of the job or folder whose menu it was asked from. */
export function runsCommands(options: {
  panels: RunsPanels;
}): Pick<CommandHandlers, "slipway.runs.open" | "slipway.runs.openExperiment"> {
  const { panels } = options;
  return {
    "slipway.runs.open": () => panels.show(),
    "slipway.runs.openExperiment": (node) => {
      const { job, folder } = (node ?? {}) as { job?: { experiment_name?: string }; folder?: ExperimentFolder };
      panels.show(folder ? experimentsIn(folder) : job?.experiment_name ? [job.experiment_name] : []);
    },
  };
}

/** Names of all experiments that have a job in a folder or below it. */
function experimentsIn(folder: ExperimentFolder): string[] {
  const own = folder.jobs.map((job) => job.experiment_name);
  return [...new Set([...own, ...folder.folders.flatMap(experimentsIn)])];
}
