import * as vscode from "vscode";
import { homedir } from "node:os";
import { join } from "node:path";
import { CodedError, messageOf } from "#base/errors.ts";
import type { CloneForm, ClonePanelEvent, ClonePanelRequest } from "#contract/panels/clone.ts";
import type { CloneSource } from "#contract/routes/reproduce.ts";
import type { Session } from "../session.ts";
import { submitRequest } from "../submit/submit.ts";
import { cloneOverrides } from "./cloneOverrides.ts";
import { checkedRequest } from "./clonePanelRequest.ts";
import { saveClone } from "./saveClone.ts";

type Unnumbered = ClonePanelEvent extends infer E ? (E extends unknown ? Omit<E, "seq"> : never) : never;

/** The form of one job: what is typed stays in the page, what is done with it is done here. */
export class ClonePanel {
  readonly #panel: vscode.WebviewPanel;
  readonly #job: string;
  readonly #session: Session;
  readonly #log: vscode.LogOutputChannel;
  readonly #openJob: (name: string) => void;
  #source: CloneSource | undefined;
  #seq = 0;

  constructor(options: {
    panel: vscode.WebviewPanel;
    job: string;
    session: Session;
    log: vscode.LogOutputChannel;
    openJob: (name: string) => void;
  }) {
    this.#panel = options.panel;
    this.#job = options.job;
    this.#session = options.session;
    this.#log = options.log;
    this.#openJob = options.openJob;
    options.panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message));
  }

  #post(event: Unnumbered): void {
    void this.#panel.webview.postMessage({ ...event, seq: ++this.#seq } as ClonePanelEvent);
  }

  async #receive(message: unknown): Promise<void> {
    const request = checkedRequest(message);
    if (!request) return;
    try {
      await this.#do(request);
      this.#post({ type: "settled", fault: "" });
    } catch (thrown) {
      const isCanceled = thrown instanceof vscode.CancellationError;
      if (!isCanceled) this.#log.warn(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
      const words = thrown instanceof CodedError ? [thrown.message, thrown.next].filter(Boolean) : [messageOf(thrown)];
      this.#post({ type: "settled", fault: isCanceled ? "" : words.join(" ") });
    }
  }

  #do(request: ClonePanelRequest): Promise<void> | void {
    switch (request.type) {
      case "ready":
        return this.#snapshot();
      case "pick":
        return this.#pick(request.input, request.folder);
      case "submit":
        return this.#submit(request.form);
      case "open-yaml":
        return this.#save(request.form);
      case "open-job":
        return this.#openJob(this.#job);
    }
  }

  async #snapshot(): Promise<void> {
    const client = await this.#session.client();
    const params = { workspace: this.#session.workspace };
    const [source, computes] = await Promise.all([
      client.cloneSource({ params: { ...params, name: this.#job }, query: {} }),
      client.listComputes({ params }),
    ]);
    this.#source = source;
    this.#post({ type: "snapshot", source, computes: computes.map(({ name }) => name) });
  }

  async #pick(input: string, folder: boolean): Promise<void> {
    const [picked] =
      (await vscode.window.showOpenDialog({
        title: vscode.l10n.t("Data of {0}", input),
        canSelectFolders: folder,
        canSelectFiles: !folder,
      })) ?? [];
    if (picked) this.#post({ type: "picked", input, path: picked.fsPath });
  }

  async #submit(form: CloneForm): Promise<void> {
    const source = this.#known();
    const overrides = cloneOverrides(source, form);
    const client = await this.#session.client();
    const { yaml } = await client.cloneSource({
      params: { workspace: this.#session.workspace, name: this.#job },
      query: { code: form.code },
    });
    // Relative paths that somebody types begin in the folder that is open.
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
    const request = {
      source: { file: join(folder, `${this.#job}.yml`), text: yaml, overrides },
      from: { job: this.#job, code: form.code },
    };
    const job = await submitRequest(request, this.#session);
    if (!job) throw new vscode.CancellationError();
    this.#openJob(job.name);
    this.#panel.dispose();
  }

  async #save(form: CloneForm): Promise<void> {
    const source = this.#known();
    const client = await this.#session.client();
    const { workspace } = this.#session;
    await saveClone({ client, workspace, source, code: form.code, overrides: cloneOverrides(source, form) });
  }

  #known(): CloneSource {
    if (!this.#source) throw new Error(vscode.l10n.t("The job has not been read yet."));
    return this.#source;
  }
}
