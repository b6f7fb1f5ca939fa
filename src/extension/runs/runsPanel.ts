import * as vscode from "vscode";
import { CodedError, messageOf } from "#base/errors.ts";
import type { RunsPanelEvent, RunsPanelRequest } from "#contract/panels/runs.ts";
import type { Session } from "../session.ts";
import { whole } from "../vscode/numbers.ts";
import { RunChanges } from "./runChanges.ts";
import { runsCsv } from "./runsCsv.ts";
import { RunsConversation, type Unnumbered } from "./runsConversation.ts";
import { checkedRequest } from "./runsPanelRequest.ts";

/** Changes arrive in bursts: the table follows this often, in milliseconds. */
const followEvery = 1000;
/** Runs that one comparison takes. */
const mostCompared = 500;

/** One runs page. A hidden page is told nothing; shown again it reads anew. */
export class RunsPanel {
  readonly #panel: vscode.WebviewPanel;
  readonly #log: vscode.LogOutputChannel;
  readonly #compare: (names: string[]) => void;
  readonly #talk: RunsConversation;
  readonly #changes: RunChanges;
  #changed: Set<string> | null = new Set();
  #timer: NodeJS.Timeout | undefined;
  #seq = 0;

  constructor(options: {
    panel: vscode.WebviewPanel;
    session: Session;
    log: vscode.LogOutputChannel;
    compare: (names: string[]) => void;
  }) {
    const { panel, session } = options;
    this.#panel = panel;
    this.#log = options.log;
    this.#compare = options.compare;
    this.#talk = new RunsConversation({
      client: () => session.client(),
      workspace: () => session.workspace,
      post: (event) => this.#post(event),
      now: () => Date.now(),
    });
    this.#changes = new RunChanges({ session, tell: (message, undo) => this.#post({ type: "notice", message, undo }) });
    panel.webview.onDidReceiveMessage((message: unknown) => {
      const request = checkedRequest(message);
      if (request) void this.#do(request).catch((thrown: unknown) => this.#failed(thrown));
    });
    panel.onDidChangeViewState(() => {
      if (panel.visible) this.runChanged(null);
    });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#panel.dispose();
  }

  /** A run of the engine has changed; null when it is not known which. */
  runChanged(name: string | null): void {
    if (name === null) this.#changed = null;
    else this.#changed?.add(name);
    if (!this.#panel.visible) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const names = this.#changed && [...this.#changed];
      this.#changed = new Set();
      void this.#talk.changed(names).catch((thrown: unknown) => this.#failed(thrown));
    }, followEvery);
  }

  #post(event: Unnumbered): void {
    void this.#panel.webview.postMessage({ ...event, seq: ++this.#seq } as RunsPanelEvent);
  }

  #failed(thrown: unknown): void {
    if (thrown instanceof vscode.CancellationError) return;
    this.#log.error(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
    const start = thrown instanceof CodedError && thrown.code === "engine-not-running";
    this.#post({ type: "contact", message: messageOf(thrown), start });
  }

  async #do(request: RunsPanelRequest): Promise<void> {
    switch (request.type) {
      case "open": {
        const job = { name: request.name, display_name: request.name };
        return void vscode.commands.executeCommand("slipway.job.openPage", { kind: "job", job });
      }
      case "compare":
        return this.#compare(await this.#names(request.ids.slice(0, mostCompared)));
      case "archive":
        await this.#changes.archive(request.ids);
        return this.runChanged(null);
      case "delete":
        await this.#changes.remove(request.ids);
        return this.runChanged(null);
      case "restore":
        await this.#changes.restore(request.ids);
        return this.runChanged(null);
      case "undo":
        await this.#changes.undo();
        return this.runChanged(null);
      case "copy-names": {
        await vscode.env.clipboard.writeText((await this.#names(request.ids)).join("\n"));
        return this.#post({
          type: "notice",
          message: vscode.l10n.t("Names copied: {0}", whole(request.ids.length)),
          undo: false,
        });
      }
      case "export":
        return this.#export(request);
      case "start-engine":
        await vscode.commands.executeCommand("slipway.engine.start");
        return this.runChanged(null);
      case "run-file":
        return void vscode.commands.executeCommand("slipway.job.run");
      default:
        await this.#talk.answer(request);
    }
  }

  async #names(ids: readonly number[]): Promise<string[]> {
    return (await this.#talk.rows(ids, [])).map(({ name }) => name);
  }

  async #export({ ids, columns }: Extract<RunsPanelRequest, { type: "export" }>): Promise<void> {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const uri = await vscode.window.showSaveDialog({
      title: vscode.l10n.t("Export Runs as CSV"),
      filters: { CSV: ["csv"] },
      ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, "runs.csv") } : {}),
    });
    if (!uri) return;
    const text = runsCsv(columns, await this.#talk.rows(ids, columns));
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
    const message = vscode.l10n.t("Runs written to {1}: {0}", whole(ids.length), uri.fsPath);
    this.#post({ type: "notice", message, undo: false });
  }
}
