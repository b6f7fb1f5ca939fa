import { createParser } from "eventsource-parser";
import type { Disposable } from "#base/disposable.ts";
import { messageOf } from "#base/errors.ts";
import type { EngineRecord } from "#contract/engineRecord.ts";
import type { EngineEvent } from "#contract/events.ts";
import type { Connection } from "./connection.ts";
import { routeTable } from "./routeTable.ts";
import { Unreachable } from "./wire.ts";

export interface ContactState {
  state: "connected" | "lost";
  /** Why contact was lost; empty when connected. */
  reason: string;
}

export interface EventListener {
  /** Called for each event in order. After a gap that the engine cannot fill it is `resync`: read your lists again. */
  onEvent: (event: EngineEvent) => void;
  onContact?: (contact: ContactState) => void;
}

export interface EventFilter {
  workspace?: string | undefined;
  logs?: boolean | undefined;
}

const firstBackoffMs = 100;
const longestBackoffMs = 5_000;
/** The engine says that it is alive more often than this. */
const silenceMs = 45_000;

/** One subscription to the engine's events that outlives engines: it resumes where it was, with Last-Event-ID. */
export class EventStream implements Disposable {
  readonly #connection: Connection;
  readonly #target: string;
  readonly #listener: EventListener;
  readonly #end = new AbortController();
  /** Start an engine that was lost; not one that was told to stop. */
  readonly #revive: boolean;
  #lastId: string | undefined;
  #stopping = false;
  #connected: boolean | undefined;

  constructor(options: { connection: Connection; filter: EventFilter; listener: EventListener; revive: boolean }) {
    const query = new URLSearchParams();
    if (options.filter.workspace !== undefined) query.set("workspace", options.filter.workspace);
    if (options.filter.logs !== undefined) query.set("logs", String(options.filter.logs));
    this.#target = query.size > 0 ? `${routeTable.events.path}?${query}` : routeTable.events.path;
    this.#connection = options.connection;
    this.#listener = options.listener;
    this.#revive = options.revive;
    void this.#run();
  }

  dispose(): void {
    this.#end.abort();
  }

  async #run(): Promise<void> {
    let backoff = firstBackoffMs;
    while (!this.#end.signal.aborted) {
      let record: EngineRecord | undefined;
      let reason = "the engine ended the connection";
      try {
        const opened = await this.#connection.send({
          method: "GET",
          target: this.#target,
          headers: { accept: "text/event-stream", ...(this.#lastId ? { "last-event-id": this.#lastId } : {}) },
          signal: this.#end.signal,
          silenceMs,
        });
        record = opened.record;
        backoff = firstBackoffMs;
        this.#stopping = false;
        this.#tell({ state: "connected", reason: "" });
        await this.#read(opened.reply);
      } catch (thrown) {
        reason = messageOf(thrown instanceof Unreachable ? thrown.cause : thrown);
        record ??= this.#connection.record;
      }
      if (this.#end.signal.aborted) return;
      this.#tell({ state: "lost", reason });
      await this.#pause(backoff);
      backoff = Math.min(backoff * 2, longestBackoffMs);
      // Its own failure shows at the next turn of the loop.
      if (record)
        await this.#connection.reopen(record, { start: this.#revive && !this.#stopping }).catch(() => undefined);
    }
  }

  async #read(body: AsyncIterable<Buffer>): Promise<void> {
    const decoder = new TextDecoder();
    const parser = createParser({
      onEvent: ({ id, data }) => {
        if (this.#end.signal.aborted) return;
        const event = JSON.parse(data) as EngineEvent;
        if (event.type === "engine-stopping") this.#stopping = true;
        // Before the listener, whose own failure must not bring the same event again for ever.
        this.#lastId = id ?? this.#lastId;
        this.#listener.onEvent(event);
      },
    });
    for await (const chunk of body) parser.feed(decoder.decode(chunk, { stream: true }));
  }

  #tell(contact: ContactState): void {
    const connected = contact.state === "connected";
    if (this.#connected === connected || this.#end.signal.aborted) return;
    this.#connected = connected;
    this.#listener.onContact?.(contact);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      // Spread out, so that many windows do not come back in one moment.
      const timer = setTimeout(done, ms * (0.75 + Math.random() / 2));
      const { signal } = this.#end;
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      }
      signal.addEventListener("abort", done, { once: true });
    });
  }
}
