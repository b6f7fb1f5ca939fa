import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { openForReading } from "./database.ts";
import { queries } from "./queries.ts";
import { toPlain, type Answer, type Call, type WorkerData } from "./wire.ts";

/** A read-only connection in its own thread, so that a long search delays neither a write nor the event loop. */
const port = parentPort as MessagePort;
const db = openForReading((workerData as WorkerData).path);
const table = queries as Record<string, (db: unknown, args: unknown) => unknown>;

function run(call: Call): Answer {
  const query = table[call.name];
  try {
    if (!query) throw new Error(`No store query ${call.name}`);
    return { id: call.id, ok: true, value: query(db, call.args) };
  } catch (thrown) {
    return { id: call.id, ok: false, error: toPlain(thrown) };
  }
}

port.on("message", (call: Call | "close") => {
  if (call === "close") {
    db.raw.close();
    port.postMessage("closed");
    port.close();
    return;
  }
  port.postMessage([run(call)]);
});
