import * as vscode from "vscode";
import type { EngineEvent } from "#contract/events.ts";
import type { Session } from "../session.ts";
import { JobPanel } from "./jobPanel.ts";
import { panelHtml } from "../vscode/panelHtml.ts";

const jobPanelType = "slipway.job";

/** What a page keeps over a reload of the window. */
interface Kept {
  job: string;
  workspace: string;
}

/** Job pages: one for each job, refreshed by events, restored with the window. */
export class JobPanels implements vscode.WebviewPanelSerializer<Kept>, vscode.Disposable {
  readonly #session: Session;
  readonly #media: vscode.Uri;
  readonly #panels = new Map<string, JobPanel>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(options: { session: Session; extensionUri: vscode.Uri }) {
    this.#session = options.session;
    this.#media = vscode.Uri.joinPath(options.extensionUri, "dist/webviews");
    this.#subscriptions = [
      vscode.window.registerWebviewPanelSerializer(jobPanelType, this),
      options.session.onEvent((event) => this.#hear(event)),
    ];
  }

  show(job: string): void {
    const known = this.#panels.get(job);
    if (known) return known.reveal();
    const panel = vscode.window.createWebviewPanel(jobPanelType, job, vscode.ViewColumn.Active, this.#webviewOptions());
    this.#adopt(panel, job);
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel, kept: Kept | undefined): Promise<void> {
    if (!kept?.job) {
      panel.dispose();
      return Promise.resolve();
    }
    panel.webview.options = this.#webviewOptions();
    this.#adopt(panel, kept.job);
    return Promise.resolve();
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
    for (const panel of this.#panels.values()) panel.dispose();
  }

  #webviewOptions(): vscode.WebviewOptions & vscode.WebviewPanelOptions {
    return { enableScripts: true, enableCommandUris: false, enableFindWidget: true, localResourceRoots: [this.#media] };
  }

  #adopt(panel: vscode.WebviewPanel, job: string): void {
    this.#panels.set(job, new JobPanel({ panel, job, session: this.#session }));
    panel.onDidDispose(() => this.#panels.delete(job));
    panel.webview.html = panelHtml({
      webview: panel.webview,
      media: this.#media,
      name: "job",
      title: job,
      state: { job, workspace: this.#session.workspace },
    });
  }

  #hear(event: EngineEvent): void {
    if (event.type === "job") {
      this.#panels.get(event.job.name)?.jobChanged();
      if (event.job.parent_job_name !== null) this.#panels.get(event.job.parent_job_name)?.runChanged();
    } else if (event.type === "run") this.#panels.get(event.run)?.runChanged();
    else if (event.type === "resync") for (const panel of this.#panels.values()) void panel.snapshot();
  }
}
