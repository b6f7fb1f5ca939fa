import type { IncomingMessage } from "node:http";
import type { MessagePort } from "node:worker_threads";
import { systemClock } from "#base/clock.ts";
import { StoredFiles } from "../../artifacts/storedFiles.ts";
import { signingKey } from "../../access/signingKey.ts";
import { TokenReader } from "../../access/tokenReader.ts";
import type { Actor } from "../../core/actor.ts";
import { Blobs } from "../../store/blobs.ts";
import type { WriterThread } from "../../store/guest.ts";
import { toPlain } from "../../store/wire.ts";
import { Tracking } from "../../tracking/tracking.ts";
import { Guard } from "../guard.ts";
import { TcpServer } from "../tcpServer.ts";
import { DoorStore } from "./doorStore.ts";
import type { DoorNotice, DoorOptions, DoorOrder } from "./doorWire.ts";
import { mlflowListener } from "./listener.ts";

/** The engine hears at most this often that somebody calls. */
const callsToldEveryMs = 1000;

/**
 * The door for MLflow clients, put up in the writer's thread: a training loop waits for each of its points, and two ways
 * between threads would be a third of what it waits for. Questions go to the readers, by way of the engine.
 */
export function attach(thread: WriterThread, options: DoorOptions, port: MessagePort): void {
  const tell = (notice: DoorNotice): void => port.postMessage(notice);
  const store = new DoorStore({ thread, ask: (call) => tell({ kind: "read", call }) });
  const blobs = new Blobs({ root: options.blobs });
  const bus = { publish: (event: (DoorNotice & { kind: "event" })["event"]) => tell({ kind: "event", event }) };
  const tracking = new Tracking({ store, blobs, packs: options.packs, bus, clock: systemClock });
  const tokens = new TokenReader({
    key: signingKey(options.keyFile),
    goodGeneration: ({ kind, workspace, subject }) => thread.look("goodGeneration", { kind, workspace, subject }),
  });
  const guard = new Guard({ allowedHosts: options.allowedHosts, verify: (token) => tokens.verify(token) });

  let toldAt = -Infinity;
  const authorize = (request: IncomingMessage): Actor => {
    const now = systemClock.monotonic();
    if (now - toldAt >= callsToldEveryMs) {
      toldAt = now;
      tell({ kind: "called" });
    }
    return guard.admit(request);
  };
  const files = new StoredFiles({ blobs, packs: options.packs });
  const log = (line: string): void => tell({ kind: "log", line });
  const server = new TcpServer({ listener: mlflowListener({ tracking, files, authorize, log }) });

  async function close(): Promise<void> {
    await server.dispose();
    tracking.dispose();
    port.close();
  }

  port.on("message", (order: DoorOrder) => {
    if (order.kind === "answer") store.answered(order.answer);
    else void close();
  });
  server.listen(options.port).then(
    (taken) => tell({ kind: "listening", port: taken }),
    (thrown: unknown) => tell({ kind: "failed", error: toPlain(thrown) }),
  );
}
