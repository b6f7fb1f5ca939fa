import * as vscode from "vscode";
import type { JobSummary } from "#contract/entities/job.ts";
import type { JobNode } from "./jobItems.ts";
import { statusWords } from "./jobItems.ts";
import type { JobList } from "./jobList.ts";

/** The job that a command is about: the row that it was called on, the one that is selected, or one that is picked. */
export async function pickJob(
  argument: unknown,
  options: { jobs: JobList; selected: () => JobNode | undefined; title: string; only?: (job: JobSummary) => boolean },
): Promise<JobSummary> {
  const given = jobOf(argument) ?? (argument === undefined ? jobOf(options.selected()) : undefined);
  if (given && (options.only?.(given) ?? true)) return given;
  const jobs = (await options.jobs.all()).filter((job) => options.only?.(job) ?? true);
  const picked = await vscode.window.showQuickPick(
    jobs.map((job) => ({ label: job.display_name, description: statusWords(job), detail: job.name, job })),
    {
      title: options.title,
      placeHolder: jobs.length > 0 ? vscode.l10n.t("Which job?") : vscode.l10n.t("There is no job for this."),
      matchOnDetail: true,
    },
  );
  if (!picked) throw new vscode.CancellationError();
  return picked.job;
}

function jobOf(value: unknown): JobSummary | undefined {
  return typeof value === "object" && value !== null && "job" in value && typeof value.job === "object"
    ? (value.job as JobSummary)
    : undefined;
}
