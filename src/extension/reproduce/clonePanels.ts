import * as vscode from "vscode";
import type { JobSummary } from "#contract/entities/job.ts";
import type { JobPanels } from "../jobs/jobPanels.ts";
import type { Session } from "../session.ts";
import { panelHtml } from "../vscode/panelHtml.ts";
import { ClonePanel } from "./clonePanel.ts";

export interface ClonePanelsOptions {
  session: Session;
  panels: JobPanels;
  extensionUri: vscode.Uri;
  log: vscode.LogOutputChannel;
}

/** Forms of recorded jobs, one for each job. A form is not kept over a reload: the record is there to begin again. */
export class ClonePanels implements vscode.Disposable {
  readonly #options: ClonePanelsOptions;
  readonly #open = new Map<string, vscode.WebviewPanel>();

  constructor(options: ClonePanelsOptions) {
    this.#options = options;
  }

  show(job: Pick<JobSummary, "name" | "display_name">): void {
    const known = this.#open.get(job.name);
    if (known) return known.reveal();
    const { session, panels, extensionUri, log } = this.#options;
    const media = vscode.Uri.joinPath(extensionUri, "dist/webviews");
    const title = vscode.l10n.t("Clone of {0}", job.display_name);
    const panel = vscode.window.createWebviewPanel("slipway.clone", title, vscode.ViewColumn.Active, {
      ...{ enableScripts: true, enableCommandUris: false, localResourceRoots: [media] },
      // What was typed stays while another tab is looked at.
      retainContextWhenHidden: true,
    });
    this.#open.set(job.name, panel);
    panel.onDidDispose(() => this.#open.delete(job.name));
    new ClonePanel({ panel, job: job.name, session, log, openJob: (name) => panels.show(name) });
    panel.webview.html = panelHtml({ webview: panel.webview, media, name: "clone", title, state: {} });
  }

  dispose(): void {
    for (const panel of this.#open.values()) panel.dispose();
  }
}
