import { Worker } from "node:worker_threads";
import { slipwayError } from "#contract/errors.ts";
import type { ForeignItem } from "../core/mlflow/foreign.ts";

/** An MLflow store on this machine. */
export interface LocalSource {
  kind: "files" | "database";
  path: string;
  /** Folders that artifacts may lie below. */
  artifactRoots: string[];
}

export interface SourceAnswer {
  items: ForeignItem[];
  done: boolean;
  /** Why nothing more can be read. */
  failure?: string;
}

const script = import.meta.url.endsWith(".ts")
  ? new URL("./sourceWorker.ts", import.meta.url)
  : new URL("./migration/sourceWorker.js", import.meta.url);

/** The items of a local store, a batch at a time; the next one is read while one is being written. */
export async function* workerItems(source: LocalSource): AsyncGenerator<ForeignItem[]> {
  const worker = new Worker(script, { workerData: source });
  try {
    let next = ask(worker);
    for (;;) {
      const answer = await next;
      if (!answer.done) {
        next = ask(worker);
        // Read in the loop's next turn, if there is one.
        next.catch(() => undefined);
      }
      if (answer.items.length > 0) yield answer.items;
      if (answer.failure !== undefined) {
        throw slipwayError("invalid-request", `${source.path} cannot be read: ${answer.failure}`, {
          next: "What was taken over before is kept; mend the store and import again.",
        });
      }
      if (answer.done) return;
    }
  } finally {
    await worker.terminate();
  }
}

function ask(worker: Worker): Promise<SourceAnswer> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      worker.off("message", onMessage);
      worker.off("error", onError);
      worker.off("exit", onExit);
    };
    const onMessage = (answer: SourceAnswer) => {
      settle();
      resolve(answer);
    };
    const onError = (fault: Error) => {
      settle();
      reject(fault);
    };
    const onExit = () => {
      settle();
      reject(slipwayError("unavailable", "The thread that reads the store has ended."));
    };
    worker.on("message", onMessage);
    worker.on("error", onError);
    worker.on("exit", onExit);
    worker.postMessage("next");
  });
}
