import * as vscode from "vscode";
import type { EngineEvent } from "#contract/events.ts";
import type { Session } from "../session.ts";
import { panelHtml } from "../vscode/panelHtml.ts";
import { ComparePanel, type Compared } from "./comparePanel.ts";

const comparePanelType = "slipway.compare";

/** Compare pages: refreshed by events, restored with the window. */
export class ComparePanels implements vscode.WebviewPanelSerializer<Partial<Compared>>, vscode.Disposable {
  readonly #session: Session;
  readonly #log: vscode.LogOutputChannel;
  readonly #media: vscode.Uri;
  readonly #panels = new Set<ComparePanel>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(options: { session: Session; extensionUri: vscode.Uri; log: vscode.LogOutputChannel }) {
    this.#session = options.session;
    this.#log = options.log;
    this.#media = vscode.Uri.joinPath(options.extensionUri, "dist/webviews");
    this.#subscriptions = [
      vscode.window.registerWebviewPanelSerializer(comparePanelType, this),
      options.session.onEvent((event) => this.#hear(event)),
    ];
  }

  show(names: string[]): void {
    const options = this.#webviewOptions();
    const panel = vscode.window.createWebviewPanel(
      comparePanelType,
      vscode.l10n.t("Compare"),
      vscode.ViewColumn.Active,
      options,
    );
    this.#adopt(panel, { names, baseline: "", explained: "" });
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel, kept: Partial<Compared> | undefined): Promise<void> {
    const names = kept?.names?.filter((name) => typeof name === "string") ?? [];
    if (names.length === 0) {
      panel.dispose();
      return Promise.resolve();
    }
    panel.webview.options = this.#webviewOptions();
    this.#adopt(panel, { names, baseline: String(kept?.baseline ?? ""), explained: String(kept?.explained ?? "") });
    return Promise.resolve();
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
    for (const panel of this.#panels) panel.dispose();
  }

  #webviewOptions(): vscode.WebviewOptions & vscode.WebviewPanelOptions {
    return { enableScripts: true, enableCommandUris: false, enableFindWidget: true, localResourceRoots: [this.#media] };
  }

  #adopt(panel: vscode.WebviewPanel, compared: Compared): void {
    const state = { ...compared };
    const page = new ComparePanel({ panel, compared, session: this.#session, log: this.#log });
    this.#panels.add(page);
    panel.onDidDispose(() => this.#panels.delete(page));
    panel.webview.html = panelHtml({
      ...{ webview: panel.webview, media: this.#media, name: "compare", title: vscode.l10n.t("Compare") },
      state,
    });
  }

  #hear(event: EngineEvent): void {
    for (const panel of this.#panels) {
      if (event.type === "job") panel.runChanged(event.job.name);
      else if (event.type === "run") panel.runChanged(event.run);
      else if (event.type === "job-deleted") panel.runChanged(event.name);
      else if (event.type === "resync") panel.refresh();
    }
  }
}
