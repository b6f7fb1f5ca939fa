import * as vscode from "vscode";
import type { JobPanels } from "./jobs/jobPanels.ts";
import type { Session } from "./session.ts";

/** `vscode://slipway.slipway/job/<workspace>/<name>`: asks, then opens the job's page. A link comes from anywhere. */
export class JobLinks implements vscode.UriHandler {
  readonly #session: Session;
  readonly #panels: JobPanels;

  constructor(options: { session: Session; panels: JobPanels }) {
    this.#session = options.session;
    this.#panels = options.panels;
  }

  async handleUri(uri: vscode.Uri): Promise<void> {
    const [what, workspace, name] = uri.path.split("/").filter(Boolean);
    if (what !== "job" || !workspace || !name || !/^[\w.-]+$/.test(name) || !/^[\w.-]+$/.test(workspace)) {
      void vscode.window.showErrorMessage(vscode.l10n.t("This Slipway link names no job."));
      return;
    }
    const answer = await vscode.window.showInformationMessage(
      vscode.l10n.t("Open the page of job {0} in workspace {1}?", name, workspace),
      { modal: true },
      vscode.l10n.t("Open"),
    );
    if (answer !== "Open") return;
    await this.#session.client();
    if (workspace !== this.#session.workspace) await this.#session.selectWorkspace(workspace);
    this.#panels.show(name);
  }
}
