import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from "node:worker_threads";
import { commands } from "./commands.ts";
import { openForWriting } from "./database.ts";
import { toPlain, type Answer, type Call, type WorkerData } from "./wire.ts";

/**
 * The one writer. Calls that are queued when a commit begins share it; their callers are answered after it, so that
 * what was answered is on the disk. A call that throws takes back its own changes only.
 */
const port = parentPort as MessagePort;
const db = openForWriting((workerData as WorkerData).path);
const table = commands as Record<string, (db: unknown, args: unknown) => unknown>;

/** Bounds how long one commit can grow, so that a flood does not delay its first caller. */
const maxCallsInCommit = 2000;

function run(call: Call): Answer {
  const command = table[call.name];
  if (!command) return { id: call.id, ok: false, error: toPlain(new Error(`No store command ${call.name}`)) };
  db.raw.exec("SAVEPOINT call");
  try {
    const value = command(db, call.args);
    db.raw.exec("RELEASE call");
    return { id: call.id, ok: true, value };
  } catch (thrown) {
    // A full disk or an I/O error may have ended the whole transaction already.
    if (!db.raw.inTransaction) throw thrown;
    db.raw.exec("ROLLBACK TO call");
    db.raw.exec("RELEASE call");
    return { id: call.id, ok: false, error: toPlain(thrown) };
  }
}

function commit(calls: Call[]): Answer[] {
  try {
    db.raw.exec("BEGIN IMMEDIATE");
    const answers = calls.map(run);
    db.raw.exec("COMMIT");
    return answers;
  } catch (thrown) {
    if (db.raw.inTransaction) db.raw.exec("ROLLBACK");
    const error = toPlain(thrown);
    return calls.map((call) => ({ id: call.id, ok: false, error }));
  }
}

port.on("message", (first: Call | "close") => {
  if (first === "close") {
    db.raw.pragma("wal_checkpoint(TRUNCATE)");
    db.raw.close();
    port.postMessage("closed");
    port.close();
    return;
  }
  const calls = [first];
  let closing = false;
  while (calls.length < maxCallsInCommit && !closing) {
    const next = receiveMessageOnPort(port) as { message: Call | "close" } | undefined;
    if (!next) break;
    if (next.message === "close") closing = true;
    else calls.push(next.message);
  }
  port.postMessage(commit(calls));
  if (closing) port.emit("message", "close");
});
