import * as vscode from "vscode";
import type { JobSummary } from "#contract/entities/job.ts";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import type { JobList } from "../jobs/jobList.ts";
import type { JobNode } from "../jobs/jobItems.ts";
import type { Session } from "../session.ts";
import { setting } from "../vscode/settings.ts";

/** Tells the end of jobs: a badge on the view until it is looked at, and a notification where the setting asks for one. */
export class JobEnds implements vscode.Disposable {
  readonly #view: vscode.TreeView<JobNode>;
  readonly #jobs: JobList;
  readonly #running = new Set<string>();
  readonly #subscriptions: vscode.Disposable[];
  #unseen = 0;

  constructor(options: { session: Session; view: vscode.TreeView<JobNode>; jobs: JobList }) {
    this.#view = options.view;
    this.#jobs = options.jobs;
    this.#subscriptions = [
      options.session.onEvent((event) => {
        if (event.type === "job") this.#hear(event.job);
      }),
      options.view.onDidChangeVisibility(({ visible }) => {
        if (visible) this.#badge(0);
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #hear(job: JobSummary): void {
    if (!isTerminal(job.status)) {
      if (job.type === "command") this.#running.add(job.name);
      return;
    }
    if (!this.#running.delete(job.name)) return;
    if (!this.#view.visible) this.#badge(this.#unseen + 1);
    const notify = setting("slipway.jobs.notify");
    if (notify === "always" || (notify === "failed" && job.status === "Failed")) void this.#tell(job);
  }

  #badge(count: number): void {
    this.#unseen = count;
    this.#view.badge =
      count === 0
        ? undefined
        : {
            value: count,
            tooltip: count === 1 ? vscode.l10n.t("1 job has ended") : vscode.l10n.t("{0} jobs have ended", count),
          };
  }

  async #tell(job: JobSummary): Promise<void> {
    const show = job.status === "Failed" ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
    const [page, showLog, never] = [
      vscode.l10n.t("Open Job Page"),
      vscode.l10n.t("Show Log"),
      vscode.l10n.t("Don't Show Again"),
    ];
    const answer = await show(`${job.display_name}: ${job.status}`, page, showLog, never);
    const node = { kind: "job", job: this.#jobs.find(job.name) ?? job } satisfies JobNode;
    if (answer === page) await vscode.commands.executeCommand("slipway.job.openPage", node);
    else if (answer === showLog) await vscode.commands.executeCommand("slipway.job.openLog", node);
    else if (answer)
      await vscode.workspace
        .getConfiguration()
        .update("slipway.jobs.notify", "never", vscode.ConfigurationTarget.Global);
  }
}
