import * as vscode from "vscode";
import type { Session } from "../session.ts";
import { setting } from "../vscode/settings.ts";

/** Hands the mirrors of the user's settings to the engine, when it is reached and when they change. */
export class MirrorSetting implements vscode.Disposable {
  readonly #session: Session;
  readonly #log: vscode.LogOutputChannel;
  readonly #subscriptions: vscode.Disposable[];

  constructor(options: { session: Session; log: vscode.LogOutputChannel }) {
    this.#session = options.session;
    this.#log = options.log;
    this.#subscriptions = [
      options.session.onDidChange(() => this.#apply()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration("slipway.mirrors")) this.#apply();
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #apply(): void {
    if (this.#session.state !== "running" || !vscode.workspace.isTrusted) return;
    this.#send().catch((thrown: unknown) =>
      this.#log.warn(`A mirror of the settings was not taken: ${String(thrown)}`),
    );
  }

  async #send(): Promise<void> {
    const client = await this.#session.client();
    const params = { workspace: this.#session.workspace };
    for (const [prefix, path] of Object.entries(setting("slipway.mirrors"))) {
      await client.addMirror({ params, body: { prefix, path } });
    }
  }
}
