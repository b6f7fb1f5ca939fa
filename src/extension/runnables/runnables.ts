import * as vscode from "vscode";
import { setContext } from "../vscode/context.ts";
import type { LanguageServer } from "./languageServer.ts";

/** A file of the open folders that ▶ can submit. */
export interface Runnable {
  uri: vscode.Uri;
  what: string;
  isScript: boolean;
}

const yamlFiles = "**/*.{yml,yaml}";
const scripts = "**/*.py";
const skipped = "**/{node_modules,.git,.venv,venv,__pycache__,site-packages,.tox,dist,build}/**";
const mostFiles = 1000;
/** A checkout or a save of many files is one change. */
const settleMs = 300;

/** Which files of the folders can be run, as the language server tells. Looked for when the Jobs view is shown. */
export class Runnables implements vscode.Disposable {
  readonly #server: LanguageServer;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];
  #finding: Promise<Runnable[]> | undefined;
  #found: readonly Runnable[] | undefined;
  #settling: NodeJS.Timeout | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(options: { server: LanguageServer }) {
    this.#server = options.server;
    const watcher = vscode.workspace.createFileSystemWatcher(`**/*.{yml,yaml,py}`);
    const changed = () => this.#settle();
    this.#subscriptions = [
      watcher,
      watcher.onDidCreate(changed),
      watcher.onDidDelete(changed),
      watcher.onDidChange(changed),
      vscode.workspace.onDidChangeWorkspaceFolders(changed),
    ];
  }

  /** What the last search has found; undefined while the first is under way. */
  get found(): readonly Runnable[] | undefined {
    return this.#found;
  }

  async all(): Promise<readonly Runnable[]> {
    const finding = (this.#finding ??= this.#find());
    const found = await finding;
    if (this.#finding === finding && this.#found !== found) {
      this.#found = found;
      this.#changed.fire();
    }
    return found;
  }

  dispose(): void {
    clearTimeout(this.#settling);
    vscode.Disposable.from(...this.#subscriptions, this.#changed).dispose();
  }

  async #find(): Promise<Runnable[]> {
    const [yaml, python] = await Promise.all(
      [yamlFiles, scripts].map((pattern) => vscode.workspace.findFiles(pattern, skipped, mostFiles)),
    );
    const files = [...(yaml ?? []), ...(python ?? [])].filter((uri) => uri.scheme === "file");
    if (files.length === 0) return [];
    const classified = await this.#server.classify(files);
    const found = classified
      .filter(({ runnable }) => runnable)
      .map(({ uri, what, kind }) => ({ uri: vscode.Uri.parse(uri), what, isScript: kind === "script" }));
    setContext("slipway.runnable", Object.fromEntries(found.map(({ uri }) => [uri.path, true as const])));
    // YAML first: a script that a job file runs is offered beside it, not before it.
    return found.sort((a, b) => Number(a.isScript) - Number(b.isScript) || a.uri.path.localeCompare(b.uri.path));
  }

  #settle(): void {
    if (this.#finding === undefined) return;
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      this.#finding = undefined;
      this.#changed.fire();
    }, settleMs);
  }
}
