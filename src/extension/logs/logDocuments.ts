import * as vscode from "vscode";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import type { Session } from "../session.ts";
import { setting } from "../vscode/settings.ts";
import { logScheme, parseLogUri } from "./logUri.ts";
import { LogView } from "./logView.ts";

/** An open log is told to VS Code at most so often; a big window less often, since all of it is sent each time. */
const shortestPauseMs = 250;

interface OpenLog {
  view: LogView;
  timer: NodeJS.Timeout | undefined;
  /** How long the last update took, in milliseconds. */
  cost: number;
}

/** Log documents: read-only, live, and only as large as the window. */
export class LogDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #session: Session;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #open = new Map<string, OpenLog>();
  readonly #subscriptions: vscode.Disposable[];

  readonly onDidChange = this.#changed.event;

  constructor(options: { session: Session }) {
    this.#session = options.session;
    this.#subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(logScheme, this),
      vscode.workspace.onDidCloseTextDocument((document) => this.#forget(document.uri)),
      vscode.workspace.onDidChangeTextDocument((change) => this.#stayAtEnd(change)),
      options.session.onEvent((event) => {
        if (event.type === "log") this.#schedule(event.job);
        else if (event.type === "job" && isTerminal(event.job.status)) this.#schedule(event.job.name);
        else if (event.type === "resync")
          for (const key of this.#open.keys()) this.#schedule(parseLogUri(vscode.Uri.parse(key)).job);
      }),
    ];
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const started = performance.now();
    const log = await this.#logOf(uri);
    const text = await log.view.text();
    log.cost = performance.now() - started;
    return text;
  }

  async showEarlier(uri: vscode.Uri): Promise<void> {
    await this.#open.get(uri.toString())?.view.showEarlier();
    this.#changed.fire(uri);
  }

  async showNewest(uri: vscode.Uri): Promise<void> {
    await this.#open.get(uri.toString())?.view.showNewest();
    this.#changed.fire(uri);
  }

  dispose(): void {
    for (const log of this.#open.values()) clearTimeout(log.timer);
    vscode.Disposable.from(...this.#subscriptions, this.#changed).dispose();
  }

  async #logOf(uri: vscode.Uri): Promise<OpenLog> {
    const key = uri.toString();
    let log = this.#open.get(key);
    if (!log) {
      const { job, path } = parseLogUri(uri);
      const limits = {
        bytes: setting("slipway.log.windowMegabytes") * 1_000_000,
        lines: setting("slipway.log.windowLines"),
      };
      const client = await this.#session.client();
      log = {
        view: new LogView({ client, workspace: this.#session.workspace, job, path, limits }),
        timer: undefined,
        cost: 0,
      };
      this.#open.set(key, log);
    }
    return log;
  }

  #schedule(job: string): void {
    for (const [key, log] of this.#open) {
      const uri = vscode.Uri.parse(key);
      if (parseLogUri(uri).job !== job || log.timer) continue;
      log.timer = setTimeout(
        () => {
          log.timer = undefined;
          this.#changed.fire(uri);
        },
        Math.max(shortestPauseMs, 3 * log.cost),
      );
    }
  }

  /** Whoever looks at the end goes on looking at the end; whoever reads above is left alone. */
  #stayAtEnd(change: vscode.TextDocumentChangeEvent): void {
    if (change.document.uri.scheme !== logScheme) return;
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document !== change.document) continue;
      const lastSeen = editor.visibleRanges.at(-1)?.end.line ?? 0;
      const changedFrom = change.contentChanges[0]?.range.end.line ?? 0;
      const end = change.document.lineCount - 1;
      if (lastSeen >= changedFrom - 3) editor.revealRange(new vscode.Range(end, 0, end, 0));
    }
  }

  /** A change of the language closes a document and opens it again at once: only what stays closed is forgotten. */
  #forget(uri: vscode.Uri): void {
    if (uri.scheme !== logScheme) return;
    const key = uri.toString();
    setImmediate(() => {
      if (vscode.workspace.textDocuments.some((document) => document.uri.toString() === key)) return;
      clearTimeout(this.#open.get(key)?.timer);
      this.#open.delete(key);
    });
  }
}
