import * as vscode from "vscode";
import type { Job } from "#contract/entities/job.ts";
import type { JobPanelEvent, JobPanelState } from "#contract/panels/job.ts";
import { artifactUri } from "../files/runUri.ts";
import type { Session } from "../session.ts";
import { displayText } from "../logs/displayText.ts";
import { applyFix } from "./applyFix.ts";
import { firstFiles } from "./firstFiles.ts";
import { checkedRequest } from "./jobPanelRequest.ts";

/** An event of a panel, before it gets its number. */
type Unnumbered = JobPanelEvent extends infer E ? (E extends unknown ? Omit<E, "seq"> : never) : never;

/** One page. A hidden page is told nothing; shown again it gets the whole picture. */
export class JobPanel {
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
    const { run, series, files, reproductions } = await this.#state();
    this.#post({ type: "run", run, series, files, reproductions });
  }

  async #state(): Promise<JobPanelState> {
    const client = await this.#session.client();
    const params = { workspace: this.#session.workspace, name: this.#job };
    const [job, run, series] = await Promise.all([
      client.showJob({ params }),
      client.runData({ params }),
      client.metricHistory({ params, query: {} }),
    ]);
    const isRun = job.type === "base";
    const [files, reproductions] = await Promise.all([
      isRun ? firstFiles(client, params) : [],
      isRun ? { reproduces: null, report: null, reproduced_by: [] } : client.reproductions({ params }),
    ]);
    return { job: readable(job), run, series, files, reproductions, trusted: vscode.workspace.isTrusted };
  }

  #post(event: Unnumbered): void {
    void this.#panel.webview.postMessage({ ...event, seq: ++this.#seq } as JobPanelEvent);
  }

  async #receive(message: unknown): Promise<void> {
    const request = checkedRequest(message);
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
      case "reproduce":
        return void run("slipway.job.reproduce", { kind: "job", job: await job() });
      case "clone":
        return void run("slipway.job.clone", { kind: "job", job: await job() });
      case "copy-name":
        return void run("slipway.job.copyName", node);
      case "compare":
        return void run("slipway.compare.open", node);
      case "fix":
        return applyFix(await job());
    }
  }
}

/** The log's last lines as an editor would show them, without colours and other escape sequences. */
function readable(job: Job): Job {
  return job.error ? { ...job, error: { ...job.error, tail: job.error.tail.map(displayText) } } : job;
}
