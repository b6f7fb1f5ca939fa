import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from "node:worker_threads";
import { Bell } from "./bell.ts";
import { commands } from "./commands.ts";
import { growLog, openForWriting, type Statement } from "./database.ts";
import { toPlain, type Answer, type Call, type WorkerData } from "./wire.ts";

/**
 * The one writer. Calls that are queued when a commit begins share it; their callers are answered after it, so that
 * what was answered is on the disk. A call that throws takes back its own changes only.
 */
const port = parentPort as MessagePort;
const { path, bell: memory } = workerData as WorkerData;
const db = openForWriting(path);
const bell = new Bell(memory);
const table = commands as Record<string, (db: unknown, args: unknown) => unknown>;

// When the first calls of a start are done: nobody should wait for it.
const growLogAfterMs = 300;
setTimeout(() => db.raw.open && growLog(db), growLogAfterMs).unref();

/** Bounds how long one commit can grow, so that a flood does not delay its first caller. */
const maxCallsInCommit = 2000;

/** A training loop sends its next point within this time (ms); until then the event loop is not gone through. */
const lingerMs = 5;
/** Timers and what V8 has put off get their turn after so many commits. */
const maxCommitsInTurn = 200;

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

function take(): Call | "close" | undefined {
  return (receiveMessageOnPort(port) as { message: Call | "close" } | undefined)?.message;
}

function close(): void {
  db.raw.pragma("wal_checkpoint(TRUNCATE)");
  db.raw.close();
  port.postMessage("closed");
  port.close();
}

/** Commits a call with what is queued behind it. Says whether the store is to be closed after it. */
function commitFrom(first: Call): boolean {
  const calls = [first];
  let closing = false;
  while (calls.length < maxCallsInCommit && !closing) {
    const next = take();
    if (next === undefined) break;
    if (next === "close") closing = true;
    else calls.push(next);
  }
  port.postMessage(calls.length === 1 ? commitOne(first) : commitMany(calls));
  return closing;
}

port.on("message", (first: Call | "close") => {
  let next: Call | "close" | undefined = first;
  for (let commits = 0; next !== undefined; commits++) {
    if (next === "close" || commitFrom(next)) return close();
    // Messages that are there when this returns come by the event loop.
    next = commits < maxCommitsInTurn ? bell.waitFor(take, lingerMs) : undefined;
  }
});
