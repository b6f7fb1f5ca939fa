import { setTimeout as delay } from "node:timers/promises";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import type { ApiCalls, CallOptions } from "./calls.ts";

const pauseMs = 200;

export interface LogPlace {
  workspace: string;
  name: string;
  /** The log file, as `log_files` of the job names it. */
  path: string;
  /** The first byte wanted. */
  offset?: number;
}

/**
 * The bytes of a log from `offset` to its end, followed as it grows and through restarts of the engine: no byte is lost
 * or comes twice, since each new request begins at the next byte. Ends when the log is complete.
 */
export async function* followLog(
  calls: Pick<ApiCalls, "readLog" | "showJob">,
  place: LogPlace,
  options: CallOptions = {},
): AsyncGenerator<Buffer> {
  const params = { workspace: place.workspace, name: place.name };
  let offset = place.offset ?? 0;
  for (;;) {
    const stream = await calls.readLog({ params, query: { path: place.path, offset, follow: true } }, options);
    try {
      for await (const chunk of stream.body) {
        offset += (chunk as Buffer).length;
        yield chunk as Buffer;
      }
    } catch (thrown) {
      if (options.signal?.aborted) throw thrown;
      // The connection broke: the next request goes on from here.
    }
    // An engine that stops ends its replies too, so the end of a reply is not yet the end of the log.
    const job = await calls.showJob({ params }, options);
    const file = job.log_files.find(({ path }) => path === place.path);
    if (file ? file.complete && offset >= file.bytes : isTerminal(job.status)) return;
    await delay(pauseMs, undefined, options.signal ? { signal: options.signal } : {});
  }
}
