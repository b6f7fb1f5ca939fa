import * as vscode from "vscode";
import type { LanguageServer } from "../runnables/languageServer.ts";
import { setContext } from "../vscode/context.ts";

/** Whether the YAML in the active editor is a job: F5 is ours there and nowhere else. */
export class JobEditor implements vscode.Disposable {
  readonly #server: LanguageServer;
  readonly #subscriptions: vscode.Disposable;

  constructor(options: { server: LanguageServer }) {
    this.#server = options.server;
    this.#subscriptions = vscode.Disposable.from(
      vscode.window.onDidChangeActiveTextEditor(() => void this.#look()),
      vscode.workspace.onDidSaveTextDocument((saved) => {
        if (saved === vscode.window.activeTextEditor?.document) void this.#look();
      }),
    );
    void this.#look();
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  async #look(): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    const isYaml = document?.languageId === "yaml" && document.uri.scheme === "file";
    const [found] = isYaml ? await this.#server.classify([document.uri]) : [];
    // Another editor may have come to the front meanwhile; its own look is on its way.
    if (document === vscode.window.activeTextEditor?.document) {
      setContext("slipway.editorIsJob", found?.runnable === true);
    }
  }
}
