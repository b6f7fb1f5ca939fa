import type { IncomingMessage, ServerResponse } from "node:http";
import type { Disposable } from "#base/disposable.ts";
import type { EngineEvent } from "#contract/events.ts";
import type { EventBus } from "../core/events.ts";

interface Kept {
  seq: number;
  event: EngineEvent;
  text: string;
}

/** Events kept for clients that come back. */
const keptEvents = 2000;
/** A client that reads slower than this many bytes is let go; it comes back with Last-Event-ID. */
const maxBacklog = 4 * 1024 * 1024;
const heartbeatMs = 15_000;

/**
 * Tells clients what has changed. Ids are `<engine start>-<sequence>`: a client of an earlier engine, or one that is
 * too far behind, is told to read its lists again.
 */
export class EventHub implements EventBus, Disposable {
  readonly #epoch: number;
  readonly #kept: Kept[] = [];
  /** Work that goes on, by its subject: who connects is told how far it is. */
  readonly #progress = new Map<string, { text: string; workspace: string }>();
  readonly #clients = new Map<ServerResponse, { workspace: string | undefined }>();
  readonly #heartbeat: NodeJS.Timeout;
  #seq = 0;

  constructor(options: { epoch: number }) {
    this.#epoch = options.epoch;
    this.#heartbeat = setInterval(() => this.#send(": alive\n\n", undefined), heartbeatMs);
    this.#heartbeat.unref();
  }

  get clients(): number {
    return this.#clients.size;
  }

  publish(event: EngineEvent): void {
    if (event.type === "progress") return this.#publishProgress(event);
    const seq = ++this.#seq;
    const text = this.#format(seq, event);
    this.#kept.push({ seq, event, text });
    if (this.#kept.length > keptEvents) this.#kept.shift();
    this.#send(text, workspaceOf(event));
  }

  /** Serves one client until it goes. */
  serve(request: IncomingMessage, response: ServerResponse, query: { workspace?: string | undefined }): void {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(this.#catchUp(request.headers["last-event-id"], query.workspace));
    for (const { text, workspace } of this.#progress.values()) {
      if (concerns(workspace, query.workspace)) response.write(text);
    }
    this.#clients.set(response, { workspace: query.workspace });
    response.on("close", () => this.#clients.delete(response));
  }

  dispose(): void {
    clearInterval(this.#heartbeat);
    for (const client of this.#clients.keys()) client.end();
    this.#clients.clear();
  }

  /** Progress has no sequence number and takes no place among the kept events: only its last word matters. */
  #publishProgress(event: EngineEvent & { type: "progress" }): void {
    const key = `${event.workspace}\n${event.subject}`;
    const text = `data: ${JSON.stringify(event)}\n\n`;
    if (event.progress === null) this.#progress.delete(key);
    else this.#progress.set(key, { text, workspace: event.workspace });
    this.#send(text, event.workspace);
  }

  #catchUp(lastEventId: string | string[] | undefined, workspace: string | undefined): string {
    const oldest = this.#kept[0]?.seq ?? this.#seq + 1;
    const [epoch, seq] = typeof lastEventId === "string" ? lastEventId.split("-").map(Number) : [];
    if (epoch !== this.#epoch || seq === undefined || Number.isNaN(seq) || seq < oldest - 1) {
      return this.#format(this.#seq, { type: "resync" });
    }
    const missed = this.#kept.filter((kept) => kept.seq > seq && concerns(workspaceOf(kept.event), workspace));
    return missed.map((kept) => kept.text).join("") || ": welcome back\n\n";
  }

  #format(seq: number, event: EngineEvent): string {
    return `id: ${this.#epoch}-${seq}\ndata: ${JSON.stringify(event)}\n\n`;
  }

  #send(text: string, workspace: string | undefined): void {
    for (const [client, wants] of this.#clients) {
      if (!concerns(workspace, wants.workspace)) continue;
      if (client.writableLength > maxBacklog) client.destroy();
      else client.write(text);
    }
  }
}

function workspaceOf(event: EngineEvent): string | undefined {
  return "workspace" in event ? event.workspace : undefined;
}

function concerns(eventWorkspace: string | undefined, wanted: string | undefined): boolean {
  return eventWorkspace === undefined || wanted === undefined || eventWorkspace === wanted;
}
