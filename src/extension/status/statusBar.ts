import * as vscode from "vscode";
import type { JobList } from "../jobs/jobList.ts";
import type { Session } from "../session.ts";

/** One short item: the workspace and what runs. It moves only while something runs. */
export class StatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #subscriptions: vscode.Disposable[];
  /** Why the engine cannot note anything at the moment; empty when it can. */
  #refusal = "";

  constructor(options: { session: Session; jobs: JobList }) {
    this.#item = vscode.window.createStatusBarItem("slipway", vscode.StatusBarAlignment.Left, 10);
    this.#item.name = "Slipway";
    this.#item.command = "slipway.jobs.focus";
    const draw = () => this.#draw(options.session, options.jobs);
    this.#subscriptions = [
      this.#item,
      options.session.onDidChange(draw),
      options.jobs.onDidChange(draw),
      options.session.onEvent((event) => {
        if (event.type !== "store") return;
        this.#refusal = event.state === "read-only" ? event.detail : "";
        draw();
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #draw(session: Session, jobs: JobList): void {
    if (session.state !== "running") return this.#item.hide();
    if (this.#refusal !== "") return this.#drawRefusal();
    this.#item.backgroundColor = undefined;
    const running = jobs.running();
    const moving = running > 0 ? ` · ${vscode.l10n.t("{0} running", running)}` : "";
    this.#item.text = `$(${running > 0 ? "sync~spin" : "server"}) local${moving}`;
    this.#item.tooltip =
      running === 1
        ? vscode.l10n.t("Slipway workspace {0}: 1 job running on this machine", session.workspace)
        : vscode.l10n.t("Slipway workspace {0}: {1} jobs running on this machine", session.workspace, running);
    this.#item.accessibilityInformation = {
      label:
        running === 1 ? vscode.l10n.t("Slipway, 1 job running") : vscode.l10n.t("Slipway, {0} jobs running", running),
    };
    this.#item.show();
  }

  #drawRefusal(): void {
    const text = vscode.l10n.t("Slipway is read-only");
    this.#item.text = `$(warning) ${text}`;
    this.#item.tooltip = this.#refusal;
    this.#item.backgroundColor = new vscode.ThemeColor("statusBarItem.warningBackground");
    this.#item.accessibilityInformation = { label: `${text}: ${this.#refusal}` };
    this.#item.show();
  }
}
