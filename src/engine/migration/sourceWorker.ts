import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { messageOf } from "#base/errors.ts";
import type { ForeignItem } from "../core/mlflow/foreign.ts";
import { databaseItems } from "./databaseItems.ts";
import { fileStoreItems } from "./fileStore.ts";
import { LocalArtifacts } from "./localArtifacts.ts";
import type { LocalSource, SourceAnswer } from "./workerSource.ts";

/** Reads another MLflow store in its own thread: thousands of small files, or a foreign database. */
const port = parentPort as MessagePort;
const source = workerData as LocalSource;
const artifacts = new LocalArtifacts(source.artifactRoots);
const items = source.kind === "files" ? fileStoreItems(source.path, artifacts) : databaseItems(source.path, artifacts);

/** Points, or items, in one answer. */
const mostPoints = 100_000;
const mostItems = 200;

function nextBatch(): SourceAnswer {
  const batch: ForeignItem[] = [];
  let points = 0;
  while (batch.length < mostItems && points < mostPoints) {
    const { value, done } = items.next();
    if (done) return { items: batch, done: true };
    batch.push(value);
    if (value.kind === "run") points += value.points.values.length;
  }
  return { items: batch, done: false };
}

function buffersOf(batch: readonly ForeignItem[]): ArrayBuffer[] {
  return batch.flatMap((item) =>
    item.kind === "run"
      ? [item.points.timestamps, item.points.steps, item.points.values].map((column) => column.buffer as ArrayBuffer)
      : [],
  );
}

port.on("message", () => {
  try {
    const answer = nextBatch();
    port.postMessage(answer, buffersOf(answer.items));
  } catch (thrown) {
    port.postMessage({ items: [], done: true, failure: messageOf(thrown) } satisfies SourceAnswer);
  }
});
