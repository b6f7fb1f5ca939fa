import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from "node:worker_threads";
import { commands } from "./commands.ts";
import { growLog, openForWriting, type Statement } from "./database.ts";
import { toPlain, type Answer, type Call, type WorkerData } from "./wire.ts";

/**
 * The one writer. Calls that are queued when a commit begins share it; their callers are answered after it, so that
 * what was answered is on the disk. A call that throws takes back its own changes only.
 */
const port = parentPort as MessagePort;
const db = openForWriting((workerData as WorkerData).path);
const table = commands as Record<string, (db: unknown, args: unknown) => unknown>;

// When the first calls of a start are done: nobody should wait for it.
const growLogAfterMs = 300;
setTimeout(() => db.raw.open && growLog(db), growLogAfterMs).unref();

/** Bounds how long one commit can grow, so that a flood does not delay its first caller. */
const maxCallsInCommit = 2000;

// Compiled once: a training loop pays for these with every point.
const [begin, commitAll, rollbackAll, savepoint, release, rollbackCall] = [
  "BEGIN IMMEDIATE",
  "COMMIT",
  "ROLLBACK",
  "SAVEPOINT call",
  "RELEASE call",
  "ROLLBACK TO call",
].map((sql) => db.prepareCached(sql)) as [Statement, Statement, Statement, Statement, Statement, Statement];

function commandOf(call: Call): (db: unknown, args: unknown) => unknown {
  const command = table[call.name];
  if (!command) throw new Error(`No store command ${call.name}`);
  return command;
}

function run(call: Call): Answer {
  savepoint.run();
  try {
    const value = commandOf(call)(db, call.args);
    release.run();
    return { id: call.id, ok: true, value };
  } catch (thrown) {
    // A full disk or an I/O error may have ended the whole transaction already.
    if (!db.raw.inTransaction) throw thrown;
    rollbackCall.run();
    release.run();
    return { id: call.id, ok: false, error: toPlain(thrown) };
  }
}

/** One call is the whole transaction: nothing else needs to be kept when it fails. */
function commitOne(call: Call): Answer[] {
  try {
    begin.run();
    const value = commandOf(call)(db, call.args);
    commitAll.run();
    return [{ id: call.id, ok: true, value }];
  } catch (thrown) {
    if (db.raw.inTransaction) rollbackAll.run();
    return [{ id: call.id, ok: false, error: toPlain(thrown) }];
  }
}

function commitMany(calls: Call[]): Answer[] {
  try {
    begin.run();
    const answers = calls.map(run);
    commitAll.run();
    return answers;
  } catch (thrown) {
    if (db.raw.inTransaction) rollbackAll.run();
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
  port.postMessage(calls.length === 1 ? commitOne(first) : commitMany(calls));
  if (closing) port.emit("message", "close");
});
