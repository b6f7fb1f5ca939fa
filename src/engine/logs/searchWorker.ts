import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { messageOf } from "#base/errors.ts";
import { searchFile, type SearchRequest } from "./searchFile.ts";

/** One search in its own thread: an expression that runs away hurts nobody and is ended from outside. */
const port = parentPort as MessagePort;
const { path, request } = workerData as { path: string; request: SearchRequest };
try {
  port.postMessage({ result: await searchFile(path, request) });
} catch (failure) {
  port.postMessage({ failure: messageOf(failure) });
}
