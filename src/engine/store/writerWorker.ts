import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { growLog, openForWriting } from "./database.ts";
import type { GuestModule } from "./guest.ts";
import type { Answer, Call, Invitation, Refusal, WorkerData } from "./wire.ts";
import { Writer } from "./writer.ts";

/** The thread of the one writer. */
const port = parentPort as MessagePort;
const db = openForWriting((workerData as WorkerData).path);
const writer = new Writer(db, {
  onRefusal: (refusal) => port.postMessage({ refusal } satisfies Refusal),
});

// When the first calls of a start are done: nobody should wait for it.
const growLogAfterMs = 300;
setTimeout(() => db.raw.open && growLog(db), growLogAfterMs).unref();

/** Outcomes of the commit that has just been made. */
const answers: Answer[] = [];

function answer(answered: Answer): void {
  if (answers.push(answered) === 1) queueMicrotask(() => port.postMessage(answers.splice(0)));
}

async function invite(invitation: Invitation): Promise<void> {
  const guest = (await import(invitation.guest)) as GuestModule;
  guest.attach(writer, invitation.options, invitation.port);
}

function close(): void {
  if (writer.busy) {
    setImmediate(close);
    return;
  }
  db.raw.pragma("wal_checkpoint(TRUNCATE)");
  db.raw.close();
  port.postMessage("closed");
  port.close();
}

port.on("message", (message: Call | Invitation | "close") => {
  if (message === "close") close();
  else if ("guest" in message) void invite(message);
  else writer.call(message.name, message.args, (outcome) => answer({ id: message.id, ...outcome }));
});
