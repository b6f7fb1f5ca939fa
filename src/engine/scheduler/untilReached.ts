import { CodedError } from "#base/errors.ts";
import type { Work, WorkServices } from "./work.ts";

const FIRST_WAIT_MS = 500;
const LAST_WAIT_MS = 10_000;

/** Whether a failure says only that the target does not answer: nothing is known of what happened there. */
export function isOutOfReach(failure: unknown): boolean {
  return failure instanceof CodedError && failure.code === "target-unreachable";
}

/**
 * Does a step over again for as long as the target does not answer: a lost contact fails no job. The step must be one that
 * may be done again. Throws the signal's reason when it is aborted meanwhile.
 */
export async function untilReached<T>(work: Work, services: WorkServices, step: () => Promise<T>): Promise<T> {
  const { clock, connections } = services;
  const { runId } = work.job;
  let isLost = false;
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LAST_WAIT_MS)) {
    try {
      const result = await step();
      if (isLost) connections.forget(runId);
      return result;
    } catch (failure) {
      if (!isOutOfReach(failure)) throw failure;
      if (!isLost) connections.set(runId, { state: "lost", since: clock.now(), reason: (failure as Error).message });
      isLost = true;
      services.announce(runId);
    }
    await new Promise<void>((resolve, reject) => {
      const stop = clock.after(wait, () => {
        work.signal.removeEventListener("abort", onAbort);
        resolve();
      });
      function onAbort(): void {
        stop();
        reject(work.signal.reason as Error);
      }
      if (work.signal.aborted) onAbort();
      else work.signal.addEventListener("abort", onAbort, { once: true });
    });
  }
}
