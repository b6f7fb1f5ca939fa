import * as vscode from "vscode";
import {
  jobPanelRequests,
  type JobPanelEvent,
  type JobPanelRequest,
  type JobPanelState,
} from "#contract/panels/job.ts";
import type { EngineEvent } from "#contract/events.ts";
import { artifactUri } from "../files/runUri.ts";
import type { Session } from "../session.ts";
import { applyFix } from "./applyFix.ts";
import { panelHtml } from "../vscode/panelHtml.ts";

export const jobPanelType = "slipway.job";

/** What a page keeps over a reload of the window. */
interface Kept {
  job: string;
  workspace: string;
}

/** An event of a panel, before it gets its number. */
type Unnumbered = JobPanelEvent extends infer E ? (E extends unknown ? Omit<E, "seq"> : never) : never;

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
    if (event.type === "job") this.#panels.get(event.job.name)?.jobChanged();
    else if (event.type === "run") this.#panels.get(event.run)?.runChanged();
    else if (event.type === "resync") for (const panel of this.#panels.values()) void panel.snapshot();
  }
}

/** One page. A hidden page is told nothing; shown again it gets the whole picture. */
class JobPanel {
  readonly #panel: vscode.WebviewPanel;
  readonly #job: string;
  readonly #session: Session;
  #seq = 0;
  #reading = false;
  #again = false;

  constructor(options: { panel: vscode.WebviewPanel; job: string; session: Session }) {
    this.#panel = options.panel;
    this.#job = options.job;
    this.#session = options.session;
    options.panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message));
    options.panel.onDidChangeViewState(() => {
      if (options.panel.visible) void this.snapshot();
    });
  }

  reveal(): void {
    this.#panel.reveal();
  }

  dispose(): void {
    this.#panel.dispose();
  }

  async snapshot(): Promise<void> {
    try {
      const state = await this.#state();
      this.#panel.title = state.job.display_name;
      this.#post({ type: "snapshot", ...state });
    } catch (thrown) {
      this.#post({ type: "contact", lost: true, message: thrown instanceof Error ? thrown.message : String(thrown) });
    }
  }

  jobChanged(): void {
    if (this.#panel.visible) void this.snapshot();
  }

  /** Metrics arrive in bursts: while one answer is on its way, the next waits. */
  runChanged(): void {
    if (!this.#panel.visible) return;
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = true;
    void this.#sendRun().finally(() => {
      this.#reading = false;
      if (this.#again) {
        this.#again = false;
        this.runChanged();
      }
    });
  }

  async #sendRun(): Promise<void> {
    const { run, series } = await this.#state();
    this.#post({ type: "run", run, series });
  }

  async #state(): Promise<JobPanelState> {
    const client = await this.#session.client();
    const params = { workspace: this.#session.workspace, name: this.#job };
    const [job, run, series] = await Promise.all([
      client.showJob({ params }),
      client.runData({ params }),
      client.metricHistory({ params, query: {} }),
    ]);
    return { job, run, series, trusted: vscode.workspace.isTrusted };
  }

  #post(event: Unnumbered): void {
    void this.#panel.webview.postMessage({ ...event, seq: ++this.#seq } as JobPanelEvent);
  }

  async #receive(message: unknown): Promise<void> {
    const request = checked(message);
    if (!request) return;
    const node = { kind: "job", job: { name: this.#job, display_name: this.#panel.title } };
    const run = (command: string, ...args: unknown[]) => vscode.commands.executeCommand(command, ...args);
    const client = await this.#session.client();
    const job = () => client.showJob({ params: { workspace: this.#session.workspace, name: this.#job } });
    switch (request.type) {
      case "ready":
        return this.snapshot();
      case "open-log":
        return void run("slipway.job.openLog", {
          ...node,
          ...(request.path ? { kind: "log", path: request.path } : {}),
        });
      case "open-artifact":
        return void run("vscode.open", artifactUri({ job: this.#job, root: "artifacts", path: request.path }));
      case "open-location":
        return void run("slipway.job.openSnapshotFile", { job: this.#job, file: request.file, line: request.line });
      case "open-job":
        return void run("slipway.job.openPage", {
          kind: "job",
          job: { name: request.name, display_name: request.name },
        });
      case "open-lock":
        return void run("slipway.job.openLock", node);
      case "cancel":
        return void run("slipway.job.cancel", { kind: "job", job: await job() });
      case "rerun":
        return void run("slipway.job.runAgain", { kind: "job", job: await job() });
      case "copy-name":
        return void run("slipway.job.copyName", node);
      case "fix":
        return applyFix(await job());
    }
  }
}

/** A message of a page is let in only when it is on the list and its fields are of the right types. */
function checked(message: unknown): JobPanelRequest | undefined {
  const request = message as Partial<Record<string, unknown>> | null;
  if (!jobPanelRequests.some((type) => type === request?.["type"])) return undefined;
  const text = (key: string) => typeof request?.[key] === "string";
  switch (request?.["type"]) {
    case "open-log":
    case "open-artifact":
      return text("path") ? (request as JobPanelRequest) : undefined;
    case "open-location":
      return text("file") && Number.isInteger(request["line"]) ? (request as JobPanelRequest) : undefined;
    case "open-job":
      return text("name") ? (request as JobPanelRequest) : undefined;
    default:
      return request as JobPanelRequest;
  }
}
