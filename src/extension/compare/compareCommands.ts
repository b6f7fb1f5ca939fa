import * as vscode from "vscode";
import type { JobSummary } from "#contract/entities/job.ts";
import type { JobNode } from "../jobs/jobItems.ts";
import type { Session } from "../session.ts";
import type { CommandHandlers } from "../vscode/commands.ts";
import type { ComparePanels } from "./comparePanels.ts";
import { pickRuns } from "./pickRuns.ts";

/** Opens the compare page for the rows that are selected; of one row (or none) the others are asked for. */
export function compareCommands(options: {
  session: Session;
  panels: ComparePanels;
  view: () => vscode.TreeView<JobNode>;
}): Pick<CommandHandlers, "slipway.compare.open"> {
  const { session, panels, view } = options;
  return {
    "slipway.compare.open": async (argument, more) => {
      const rows =
        Array.isArray(more) && more.length > 0 ? more : argument === undefined ? view().selection : [argument];
      // The oldest is the baseline: what has been changed since is the question.
      const selected = [
        ...new Set(
          rows
            .flatMap(jobOf)
            .sort(byAge)
            .map(({ name }) => name),
        ),
      ];
      const names =
        selected.length > 1
          ? selected
          : await pickRuns(session, { title: vscode.l10n.t("Compare Runs"), picked: selected });
      if (names.length === 0) throw new vscode.CancellationError();
      panels.show(names);
    },
  };
}

type RowJob = Pick<JobSummary, "name"> & Partial<Pick<JobSummary, "creation_context">>;

/** The job of a row; rows of links and pages may know its name only. */
function jobOf(row: unknown): RowJob[] {
  const job = (row as { job?: Partial<RowJob> } | null)?.job;
  return typeof job?.name === "string" ? [job as RowJob] : [];
}

function byAge(a: RowJob, b: RowJob): number {
  return (a.creation_context?.created_at ?? "").localeCompare(b.creation_context?.created_at ?? "");
}
