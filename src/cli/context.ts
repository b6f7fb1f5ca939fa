import type { Disposable } from "#base/disposable.ts";
import type { SlipwayClient } from "#client/client.ts";
import type { OutputFormat } from "./output/formats.ts";
import { forStream } from "#client/terminalText.ts";

/** Options that every command takes. */
export interface Globals {
  output: OutputFormat;
  query: string | undefined;
  workspace: string | undefined;
  /** Names of Azure, which scripts give and nothing here goes by. */
  resourceGroup: string | undefined;
  subscription: string | undefined;
  onlyShowErrors: boolean;
  verbose: boolean;
  debug: boolean;
}

/** What a command that came through `slipway az` is told besides its options. */
export interface AzDoor {
  /** `az configure --defaults`. */
  workspace: string | undefined;
  resourceGroup: string | undefined;
  location: string | undefined;
  /** Make the named workspace when it is not there: what is created in it would have no place else. */
  makesWorkspace: boolean;
}

/** What a command works with: the terminal, the engine, the workspace. */
export class Context implements Disposable {
  readonly globals: Globals;
  /** Undefined for a command of `slipway` itself. */
  readonly az: AzDoor | undefined;
  readonly #from: string;
  readonly #dryRun: boolean;
  #client: Promise<SlipwayClient> | undefined;

  constructor(options: { globals: Globals; from: string; az?: AzDoor | undefined; dryRun?: boolean }) {
    this.globals = options.globals;
    this.az = options.az;
    this.#from = options.from;
    this.#dryRun = options.dryRun ?? false;
  }

  /** A file of this program: what an engine is started from is found near it. */
  get from(): string {
    return this.#from;
  }

  /** True when progress may be drawn on standard error. */
  get interactive(): boolean {
    return process.stderr.isTTY && !this.globals.onlyShowErrors;
  }

  /** A line for the person on standard error; standard output is for the result alone. */
  notice(line: string): void {
    if (!this.globals.onlyShowErrors) process.stderr.write(forStream(process.stderr, `${line}\n`));
  }

  detail(line: string): void {
    if (this.globals.verbose || this.globals.debug) process.stderr.write(forStream(process.stderr, `${line}\n`));
  }

  /** The engine's client; the engine is started when none runs. With `--dry-run` one that sends nothing but reads. */
  async client(): Promise<SlipwayClient> {
    if (!this.#dryRun) return this.#connect();
    const { dryClient } = await import("./dryRun/plannedRequest.ts");
    return dryClient(() => this.#connect());
  }

  #connect(): Promise<SlipwayClient> {
    this.#client ??= import("#client/client.ts").then(({ connect }) =>
      connect({ from: this.#from, checkReplies: false, notice: (line) => this.notice(line) }),
    );
    return this.#client;
  }

  /** The workspace that `-w`, the defaults of az, SLIPWAY_WORKSPACE or else the engine names. */
  async workspace(): Promise<string> {
    const named = this.globals.workspace ?? this.az?.workspace ?? process.env["SLIPWAY_WORKSPACE"];
    // A request that is only printed starts no engine to learn its default.
    if (this.#dryRun) return named ?? "";
    const client = await this.client();
    if (!named) return (await client.engineStatus()).workspace;
    if (this.az?.makesWorkspace) await this.#ensureWorkspace(client, named);
    return named;
  }

  async #ensureWorkspace(client: SlipwayClient, name: string): Promise<void> {
    const known = await client.listWorkspaces({ query: { include_archived: true } });
    if (known.some((workspace) => workspace.name === name)) return;
    await client.createWorkspace({ body: { name } });
    this.notice(`The workspace ${name} was not here yet: it was made.`);
  }

  async dispose(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    client?.dispose();
  }
}
