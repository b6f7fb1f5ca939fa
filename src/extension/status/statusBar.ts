import * as vscode from "vscode";
import type { JobList } from "../jobs/jobList.ts";
import type { Session } from "../session.ts";

/** One short item: the workspace and what runs. It moves only while something runs. */
export class StatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #subscriptions: vscode.Disposable[];

  constructor(options: { session: Session; jobs: JobList }) {
    this.#item = vscode.window.createStatusBarItem("slipway", vscode.StatusBarAlignment.Left, 10);
    this.#item.name = "Slipway";
    this.#item.command = "slipway.jobs.focus";
    const draw = () => this.#draw(options.session, options.jobs);
    this.#subscriptions = [this.#item, options.session.onDidChange(draw), options.jobs.onDidChange(draw)];
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #draw(session: Session, jobs: JobList): void {
    if (session.state !== "running") return this.#item.hide();
    const running = jobs.running();
    this.#item.text = `$(${running > 0 ? "sync~spin" : "server"}) local${running > 0 ? ` · ${running} running` : ""}`;
    this.#item.tooltip = `Slipway workspace ${session.workspace}: ${running} ${running === 1 ? "job" : "jobs"} running on this machine`;
    this.#item.accessibilityInformation = { label: `Slipway, ${running} ${running === 1 ? "job" : "jobs"} running` };
    this.#item.show();
  }
}
