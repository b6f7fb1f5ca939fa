import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import {
  checkRequest,
  classifyRequest,
  type Checked,
  type CheckParams,
  type Classified,
  type ClassifyParams,
} from "#contract/languageServer.ts";

/** The language server, started when the first YAML file or view needs it. It works without engine and trust. */
export class LanguageServer implements vscode.Disposable {
  readonly #module: string;
  readonly #log: vscode.LogOutputChannel;
  #client: Promise<LanguageClient> | undefined;

  constructor(options: { module: string; log: vscode.LogOutputChannel }) {
    this.#module = options.module;
    this.#log = options.log;
  }

  start(): Promise<LanguageClient> {
    this.#client ??= this.#start();
    return this.#client;
  }

  async classify(uris: readonly vscode.Uri[]): Promise<Classified[]> {
    const client = await this.start();
    return client.sendRequest<Classified[]>(classifyRequest, { uris: uris.map(String) } satisfies ClassifyParams);
  }

  /** What is wrong with a job file, as it is in the editor, with `--set` pairs in it. */
  async check(uri: vscode.Uri, set: readonly string[]): Promise<Checked> {
    const client = await this.start();
    return client.sendRequest<Checked>(checkRequest, { uri: uri.toString(), set: [...set] } satisfies CheckParams);
  }

  async dispose(): Promise<void> {
    await (await this.#client)?.stop();
  }

  async #start(): Promise<LanguageClient> {
    // Loaded here, so that an activation without YAML does not pay for it.
    const { LanguageClient, TransportKind } = await import("vscode-languageclient/node");
    const client = new LanguageClient(
      "slipway",
      "Slipway",
      { module: this.#module, transport: TransportKind.stdio },
      {
        documentSelector: [{ language: "yaml", scheme: "file" }],
        outputChannel: this.#log,
        synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/*.{yml,yaml}") },
      },
    );
    await client.start();
    return client;
  }
}
