import { setTimeout as delay } from "node:timers/promises";
import type { Job } from "#contract/entities/job.ts";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import type { ApiCalls, CallOptions } from "./calls.ts";
import { followLog } from "./followLog.ts";

const waitMs = 150;

/** How a job is, a log that begins, and last of all how the job has ended. */
export type JobStep =
  | { type: "looked"; job: Job }
  | { type: "log"; path: string; isProgram: boolean; bytes: AsyncGenerator<Buffer> }
  | { type: "ended"; job: Job };

/**
 * A job from now to its end, through restarts of the engine: each log that a person would follow in the order in which they
 * begin, its bytes to be read before the next step is asked for.
 */
export async function* followJob(
  calls: Pick<ApiCalls, "readLog" | "showJob">,
  params: { workspace: string; name: string },
  options: CallOptions = {},
): AsyncGenerator<JobStep> {
  const followed = new Set<string>();
  for (;;) {
    const job = await calls.showJob({ params }, options);
    const next = job.log_files.find(({ path }) => !followed.has(path) && isFollowed(path));
    if (next) {
      const { path } = next;
      followed.add(path);
      const bytes = followLog(calls, { ...params, path }, options);
      yield { type: "log", path, isProgram: path.includes("std_log"), bytes };
    } else if (isTerminal(job.status)) {
      return yield { type: "ended", job };
    } else {
      yield { type: "looked", job };
      await delay(waitMs, undefined, options.signal ? { signal: options.signal } : {});
    }
  }
}

/** Of several ranks the first stands for all; the others' logs are files of the job. */
function isFollowed(path: string): boolean {
  return !/std_log_process_[1-9]\d*\./.test(path);
}
