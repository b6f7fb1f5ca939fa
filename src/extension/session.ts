import * as vscode from "vscode";
import type { Disposable } from "#base/disposable.ts";
import { CodedError } from "#base/errors.ts";
import { connect, type SlipwayClient } from "#client/index.ts";
import type { EngineEvent } from "#contract/events.ts";
import { setContext } from "./vscode/context.ts";
import { setting } from "./vscode/settings.ts";

export type EngineState = "stopped" | "starting" | "running" | "failed";

/** Remembered per folder: the workspace that was chosen by hand. */
const workspaceKey = "slipway.workspace";

/**
 * The extension's way to the engine. It holds no state worth losing: lists are read from the engine and kept fresh by
 * its events. Nothing is connected until a view is shown or a command asks.
 */
export class Session implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #log: vscode.LogOutputChannel;
  readonly #events = new vscode.EventEmitter<EngineEvent>();
  readonly #changed = new vscode.EventEmitter<void>();
  #client: SlipwayClient | undefined;
  #opening: Promise<SlipwayClient> | undefined;
  #following: Disposable | undefined;
  #state: EngineState = "stopped";
  #workspace = "";

  /** What the engine tells. `resync` means: read your lists again. */
  readonly onEvent = this.#events.event;
  /** The engine's state or the chosen workspace has changed. */
  readonly onDidChange = this.#changed.event;

  constructor(options: { context: vscode.ExtensionContext; log: vscode.LogOutputChannel }) {
    this.#context = options.context;
    this.#log = options.log;
    setContext("slipway.engine", "stopped");
  }

  get state(): EngineState {
    return this.#state;
  }

  /** The workspace that views show and submits go to. Empty until the engine was reached once. */
  get workspace(): string {
    return this.#workspace;
  }

  /** The client of a running engine, without starting one; undefined when none runs. */
  async ifRunning(): Promise<SlipwayClient | undefined> {
    try {
      return await this.#open(false);
    } catch (thrown) {
      if (thrown instanceof CodedError && thrown.code === "engine-not-running") return undefined;
      throw thrown;
    }
  }

  /** The client, with an engine behind it. In Restricted Mode none is started. */
  client(): Promise<SlipwayClient> {
    return this.#open(vscode.workspace.isTrusted);
  }

  async selectWorkspace(name: string): Promise<void> {
    await this.#context.workspaceState.update(workspaceKey, name);
    this.#workspace = name;
    this.#changed.fire();
    this.#events.fire({ type: "resync" });
  }

  /** Forgets the engine, after it was stopped on purpose. */
  disconnected(): void {
    void this.#following?.dispose();
    this.#following = undefined;
    this.#client?.dispose();
    this.#client = undefined;
    this.#set("stopped");
  }

  dispose(): void {
    void this.#following?.dispose();
    this.#client?.dispose();
    this.#events.dispose();
    this.#changed.dispose();
  }

  async #open(start: boolean): Promise<SlipwayClient> {
    if (this.#client) return this.#client;
    this.#opening ??= this.#connect(start).finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #connect(start: boolean): Promise<SlipwayClient> {
    if (start) this.#set("starting");
    const home = setting("slipway.home");
    const nodePath = setting("slipway.engine.nodePath");
    const dataHosts = setting("slipway.engine.dataHosts");
    try {
      const client = await connect({
        start,
        from: this.#context.asAbsolutePath("dist"),
        ...(home ? { home } : {}),
        ...(nodePath ? { node: nodePath } : {}),
        environment: {
          SLIPWAY_IDLE_MINUTES: String(setting("slipway.engine.idleMinutes")),
          SLIPWAY_ALLOWED_HOSTS: setting("slipway.engine.allowedHosts").join(","),
          // Without the setting the variable of VS Code's own environment stays.
          ...(dataHosts.length === 0 ? {} : { SLIPWAY_DATA_HOSTS: dataHosts.join(",") }),
        },
        notice: (line) => this.#log.info(line),
        // Loading the contract's schemas would take longer than all that the first view asks.
        checkReplies: false,
      });
      this.#client = client;
      await this.#chooseWorkspace(client);
      this.#follow(client);
      this.#set("running");
      return client;
    } catch (thrown) {
      this.#set(thrown instanceof CodedError && thrown.code === "engine-not-running" ? "stopped" : "failed");
      throw thrown;
    }
  }

  async #chooseWorkspace(client: SlipwayClient): Promise<void> {
    const wanted = this.#context.workspaceState.get<string>(workspaceKey) ?? setting("slipway.workspace");
    const known = await client.listWorkspaces({ query: {} });
    const fallback = known.find((workspace) => workspace.is_default)?.name ?? "default";
    this.#workspace = known.some((workspace) => workspace.name === wanted) ? wanted : fallback;
  }

  #follow(client: SlipwayClient): void {
    this.#following = client.events(
      {},
      {
        onEvent: (event) => {
          // The client waits for the next engine by itself: it may be on its way already, as at an update.
          if (event.type === "engine-stopping") this.#set("stopped");
          this.#events.fire(event);
        },
        onContact: ({ state, reason }) => {
          this.#log.info(`Contact with the engine ${state}. ${reason}`);
          if (state === "connected") this.#set("running");
        },
      },
    );
  }

  #set(state: EngineState): void {
    if (this.#state === state) return;
    this.#state = state;
    setContext("slipway.engine", state);
    this.#changed.fire();
  }
}
