import { basename } from "node:path";
import * as vscode from "vscode";
import type { LanguageServer } from "../runnables/languageServer.ts";
import type { Runnables } from "../runnables/runnables.ts";
import type { Session } from "../session.ts";
import { setting } from "../vscode/settings.ts";
import type { JobTest } from "./jobTest.ts";
import { runJobTests } from "./runJobTests.ts";
import { smokePairs } from "./smokeSetting.ts";

interface JobTestsOptions {
  session: Session;
  server: LanguageServer;
  runnables: Runnables;
}

const smokeSetting = "slipway.tests.smoke";

/** The folder's job files in the Testing view: each is checked, and run with small inputs where the setting gives them. */
export class JobTests implements vscode.Disposable {
  readonly #options: JobTestsOptions;
  readonly #controller: vscode.TestController;
  readonly #tests = new WeakMap<vscode.TestItem, JobTest>();
  readonly #subscriptions: vscode.Disposable[];
  /** Nobody looks before: nothing is searched at the start. */
  #asked = false;
  #search = 0;

  constructor(options: JobTestsOptions) {
    this.#options = options;
    this.#controller = vscode.tests.createTestController("slipway", vscode.l10n.t("Slipway jobs"));
    this.#controller.resolveHandler = async (item) => {
      if (item === undefined) await this.#find();
    };
    this.#controller.refreshHandler = () => this.#find();
    const canDebug = new vscode.TestTag("debug");
    const { Run, Debug } = vscode.TestRunProfileKind;
    const profile = (label: string, kind: vscode.TestRunProfileKind, tag?: vscode.TestTag) =>
      this.#controller.createRunProfile(
        label,
        kind,
        (request, token) =>
          runJobTests({
            ...options,
            run: this.#controller.createTestRun(request),
            tests: this.#chosen(request),
            debug: kind === Debug,
            token,
          }),
        true,
        tag,
      );
    const watcher = vscode.workspace.createFileSystemWatcher("**/*.{yml,yaml}");
    this.#subscriptions = [
      this.#controller,
      profile(vscode.l10n.t("Run"), Run),
      profile(vscode.l10n.t("Debug"), Debug, canDebug),
      watcher,
      watcher.onDidChange((uri) => this.#invalidate(uri)),
      options.runnables.onDidChange(() => void this.#refresh()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(smokeSetting)) void this.#refresh();
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  async #refresh(): Promise<void> {
    if (this.#asked) await this.#find();
  }

  async #find(): Promise<void> {
    this.#asked = true;
    const search = ++this.#search;
    const files = (await this.#options.runnables.all()).filter(({ isScript }) => !isScript);
    // What a newer search has found is not overwritten by an older one.
    if (search !== this.#search) return;
    const found = new Set(files.map(({ uri }) => uri.toString()));
    this.#controller.items.forEach(({ id }) => {
      if (!found.has(id)) this.#controller.items.delete(id);
    });
    for (const { uri } of files) this.#put(uri);
  }

  /** Shows a file, and keeps the items that are there with their results. */
  #put(uri: vscode.Uri): void {
    const id = uri.toString();
    const path = vscode.workspace.asRelativePath(uri, false);
    let file = this.#controller.items.get(id);
    if (!file) {
      file = this.#controller.createTestItem(id, basename(path), uri);
      file.description = path === basename(path) ? "" : path;
      this.#controller.items.add(file);
    }
    this.#child(file, { kind: "validate", uri }, vscode.l10n.t("validate"), "");
    const pairs = smokePairs(setting(smokeSetting, uri), path);
    if (pairs) this.#child(file, { kind: "smoke", uri, pairs }, vscode.l10n.t("smoke run"), pairs.join(" "));
    else file.children.delete("smoke");
    const tags = pairs ? [new vscode.TestTag("debug")] : [];
    file.tags = tags;
    const smoke = file.children.get("smoke");
    if (smoke) smoke.tags = tags;
  }

  #child(file: vscode.TestItem, test: JobTest, label: string, description: string): void {
    let item = file.children.get(test.kind);
    if (!item) {
      item = this.#controller.createTestItem(test.kind, label, test.uri);
      item.sortText = test.kind === "validate" ? "1" : "2";
      file.children.add(item);
    }
    item.description = description;
    this.#tests.set(item, test);
  }

  #invalidate(uri: vscode.Uri): void {
    const item = this.#controller.items.get(uri.toString());
    if (item) this.#controller.invalidateTestResults(item);
  }

  /** The tests below what was chosen (all when nothing is named), less what was left out. */
  #chosen(request: vscode.TestRunRequest): Map<vscode.TestItem, JobTest> {
    const chosen = new Map<vscode.TestItem, JobTest>();
    const add = (item: vscode.TestItem): void => {
      if (request.exclude?.includes(item)) return;
      const test = this.#tests.get(item);
      if (test && !(request.profile?.kind === vscode.TestRunProfileKind.Debug && test.kind !== "smoke"))
        chosen.set(item, test);
      item.children.forEach(add);
    };
    if (request.include) request.include.forEach(add);
    else this.#controller.items.forEach(add);
    return chosen;
  }
}
