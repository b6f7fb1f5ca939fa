import type { Agent, IncomingMessage } from "node:http";
import type { Disposable } from "#base/disposable.ts";
import type { Api } from "#contract/api.ts";
import type { EngineRecord } from "#contract/engineRecord.ts";
import { slipwayError } from "#contract/errors.ts";
import { isRepeatable, toWire, type ByteStream, type CallOptions, type LooseArgs } from "./calls.ts";
import { findEngine } from "./engine/find.ts";
import type { StartOptions } from "./engine/start.ts";
import { routeTable } from "./routeTable.ts";
import { newAgent, readText, send, Unreachable, type WireRequest } from "./wire.ts";

export interface ConnectionOptions extends StartOptions {
  /** Start an engine when none answers, and replace an idle one of another build. */
  start: boolean;
  /** Check replies against the contract's schemas. */
  checkReplies: boolean;
}

/** The way to one engine, found again (and started again, where that is allowed) when it is lost. */
export class Connection implements Disposable {
  readonly #options: ConnectionOptions;
  readonly #agent: Agent = newAgent();
  #record: EngineRecord | undefined;
  #finding: Promise<EngineRecord> | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** The engine that this connection talks to. */
  get record(): EngineRecord | undefined {
    return this.#record;
  }

  /** Finds or starts the engine. Throws `engine-not-running` or `engine-start-failed`. */
  open(): Promise<EngineRecord> {
    if (this.#record) return Promise.resolve(this.#record);
    // Many calls may find the engine gone at once; one of them looks.
    this.#finding ??= this.#find({ replace: true, start: this.#options.start }).finally(() => {
      this.#finding = undefined;
    });
    return this.#finding;
  }

  /** The engine after `lost` was lost. A client never replaces an engine here, or two builds would fight for ever. */
  async reopen(lost: EngineRecord, options: { start: boolean } = this.#options): Promise<EngineRecord> {
    if (this.#record === lost) this.#record = undefined;
    if (this.#record) return this.#record;
    this.#finding ??= this.#find({ replace: false, start: options.start }).finally(() => {
      this.#finding = undefined;
    });
    return this.#finding;
  }

  /** One call of the contract, repeated once over a lost engine where that is safe. */
  async call(name: keyof Api, args: LooseArgs, options: CallOptions): Promise<unknown> {
    const row = routeTable[name];
    const wire = { ...toWire(row, args), signal: options.signal };
    for (let attempt = 0; ; attempt++) {
      const record = await this.open();
      try {
        const reply = await send(record.socket, this.#agent, wire);
        if (row.reply === "bytes") return byteStream(reply);
        return await this.#checked(name, JSON.parse(await readText(reply)), record);
      } catch (thrown) {
        if (!(thrown instanceof Unreachable)) throw thrown;
        if (attempt > 1 || (thrown.sent && !isRepeatable(name, args))) throw lostEngine(thrown);
        await this.reopen(record);
      }
    }
  }

  /** A raw request to the engine of this moment, never repeated. Throws {@link Unreachable}. */
  async send(request: WireRequest): Promise<{ reply: IncomingMessage; record: EngineRecord }> {
    const record = await this.open();
    return { reply: await send(record.socket, this.#agent, request), record };
  }

  dispose(): void {
    this.#agent.destroy();
  }

  async #find(how: { replace: boolean; start: boolean }): Promise<EngineRecord> {
    if (!how.start) {
      const found = await findEngine(this.#options.home);
      if (!found) throw notRunning(this.#options.home);
      return (this.#record = found);
    }
    const { ensureEngine } = await import("./engine/ensure.ts");
    return (this.#record = await ensureEngine({ ...this.#options, replace: how.replace }));
  }

  async #checked(name: keyof Api, value: unknown, record: EngineRecord): Promise<unknown> {
    if (!this.#options.checkReplies) return value;
    const { api } = await import("#contract/api.ts");
    const schema = api[name].reply;
    if (typeof schema === "string") return value;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    // A busy engine of another build is used as it is: its shapes may miss what was added since.
    if (record.build !== this.#options.bundle?.build) return value;
    throw slipwayError("internal", `The engine's reply to ${name} is not what the contract says.`, {
      details: { issues: result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`) },
    });
  }
}

function byteStream(reply: IncomingMessage): ByteStream {
  const length = reply.headers["content-length"];
  return {
    body: reply,
    contentType: reply.headers["content-type"] ?? "application/octet-stream",
    bytes: length === undefined ? null : Number(length),
  };
}

function notRunning(home: string): Error {
  return slipwayError("engine-not-running", `No engine is running for ${home}.`, {
    next: "Run `slipway engine start`.",
  });
}

function lostEngine(cause: Unreachable): Error {
  return slipwayError("unavailable", `The engine was lost during the call (${cause.message}).`, {
    next: "Look at the present state before trying again.",
    cause,
  });
}
