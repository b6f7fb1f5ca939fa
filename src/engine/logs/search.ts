import { Worker } from "node:worker_threads";
import { slipwayError } from "#contract/errors.ts";
import type { SearchRequest, SearchResult } from "./searchFile.ts";

export type { SearchRequest } from "./searchFile.ts";

const TIME_LIMIT_MS = 30_000;

/** The worker lies beside this module as source, and under `logs/` beside the bundle. */
const script = import.meta.url.endsWith(".ts") ? "./searchWorker.ts" : "./logs/searchWorker.js";

/** Searches a file in a thread of its own. Throws `invalid-request` for a wrong expression, `timeout` for one that runs away. */
export async function searchInWorker(path: string, request: SearchRequest): Promise<SearchResult> {
  if (request.regex) checkExpression(request.text);
  const worker = new Worker(new URL(script, import.meta.url), { workerData: { path, request } });
  const limit = AbortSignal.timeout(TIME_LIMIT_MS);
  try {
    return await new Promise<SearchResult>((resolve, reject) => {
      limit.addEventListener("abort", () =>
        reject(
          slipwayError("timeout", "The search took too long.", {
            next: "Search for a simpler expression, or download the log.",
          }),
        ),
      );
      worker.once("error", reject);
      worker.once("message", (answer: { result: SearchResult } | { failure: string }) => {
        if ("result" in answer) resolve(answer.result);
        else reject(slipwayError("internal", `The log could not be searched: ${answer.failure}`));
      });
    });
  } finally {
    await worker.terminate();
  }
}

function checkExpression(text: string): void {
  try {
    new RegExp(text);
  } catch (failure) {
    throw slipwayError("invalid-request", `Not a regular expression: ${(failure as Error).message}`, {
      next: "Correct the expression, or search for the plain text.",
      cause: failure,
    });
  }
}
