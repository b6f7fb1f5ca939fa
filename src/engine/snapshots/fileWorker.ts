import { parentPort, type MessagePort } from "node:worker_threads";
import { CodedError, errnoOf, messageOf } from "#base/errors.ts";
import { digestPath, stampFolder } from "./digestPath.ts";
import type { FileAnswer, FileCall, FileTasks } from "./fileTasks.ts";
import type { OnFile } from "./onFile.ts";
import { layOut } from "./layOut.ts";
import { packFiles } from "./packFiles.ts";
import { readStored } from "./readStored.ts";
import { scanFolder } from "./scanFolder.ts";

/** Work on many files at once, in its own thread: synchronous calls are several times faster and delay nobody here. */
const tasks: FileTasks = { scanFolder, packFiles, readStored, layOut, digestPath, stampFolder };
const port = parentPort as MessagePort;

port.on("message", (call: FileCall) => {
  port.postMessage(run(call));
});

function run(call: FileCall): FileAnswer {
  try {
    const task = tasks[call.task] as (request: unknown, onFile: OnFile) => unknown;
    return { id: call.id, value: task(call.request, tellOf(call.id)) };
  } catch (thrown) {
    const coded = thrown instanceof CodedError;
    return {
      id: call.id,
      error: {
        coded,
        code: coded ? thrown.code : (errnoOf(thrown) ?? ""),
        status: coded ? thrown.status : 500,
        message: messageOf(thrown),
        next: coded ? thrown.next : "",
        details: coded ? { ...thrown.details } : {},
      },
    };
  }
}

/** Between two words about one task, in milliseconds. */
const tellMs = 50;

function tellOf(id: number): OnFile {
  let last = performance.now();
  return (files, bytes) => {
    const now = performance.now();
    if (now - last < tellMs) return;
    last = now;
    port.postMessage({ id, done: { files, bytes } } satisfies FileAnswer);
  };
}
