import * as vscode from "vscode";
import type { EngineEvent } from "#contract/events.ts";
import type { Session } from "../session.ts";
import { panelHtml } from "../vscode/panelHtml.ts";
import { RunsPanel } from "./runsPanel.ts";

const runsPanelType = "slipway.runs";

/** Runs pages: kept fresh by events, restored with the window. */
export class RunsPanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #options: { session: Session; log: vscode.LogOutputChannel; compare: (names: string[]) => void };
  readonly #media: vscode.Uri;
  readonly #panels = new Set<RunsPanel>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(options: {
    session: Session;
    extensionUri: vscode.Uri;
    log: vscode.LogOutputChannel;
    compare: (names: string[]) => void;
  }) {
    this.#options = options;
    this.#media = vscode.Uri.joinPath(options.extensionUri, "dist/webviews");
    this.#subscriptions = [
      vscode.window.registerWebviewPanelSerializer(runsPanelType, this),
      options.session.onEvent((event) => this.#hear(event)),
    ];
  }

  /** A new page of all runs, or of those of some experiments. */
  show(experiments: string[] = []): void {
    const panel = vscode.window.createWebviewPanel(
      runsPanelType,
      experiments.length === 1 && experiments[0] ? experiments[0] : vscode.l10n.t("Runs"),
      vscode.ViewColumn.Active,
      this.#webviewOptions(),
    );
    this.#adopt(panel, experiments.length === 0 ? {} : { experiments });
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    panel.webview.options = this.#webviewOptions();
    this.#adopt(panel, {});
    return Promise.resolve();
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
    for (const panel of this.#panels) panel.dispose();
  }

  #webviewOptions(): vscode.WebviewOptions & vscode.WebviewPanelOptions {
    return { enableScripts: true, enableCommandUris: false, localResourceRoots: [this.#media] };
  }

  #adopt(panel: vscode.WebviewPanel, state: { experiments?: string[] }): void {
    const { session, log, compare } = this.#options;
    const page = new RunsPanel({ panel, session, log, compare });
    this.#panels.add(page);
    panel.onDidDispose(() => {
      this.#panels.delete(page);
      page.dispose();
    });
    panel.webview.html = panelHtml({
      ...{ webview: panel.webview, media: this.#media, name: "runs", title: vscode.l10n.t("Runs") },
      state,
    });
  }

  #hear(event: EngineEvent): void {
    for (const panel of this.#panels) {
      if (event.type === "job") panel.runChanged(event.job.name);
      else if (event.type === "run") panel.runChanged(event.run);
      else if (event.type === "job-deleted") panel.runChanged(event.name);
      else if (event.type === "resync") panel.runChanged(null);
    }
  }
}
