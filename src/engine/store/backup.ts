import { mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Clock } from "#base/clock.ts";
import type { Disposable } from "#base/disposable.ts";
import { messageOf } from "#base/errors.ts";
import { backupFolder, backups } from "./recovery.ts";
import { workerScript } from "./workerScript.ts";

const everyMs = 60 * 60 * 1000;
/** Never sooner after a start than this: a start has other things to do. */
const soonMs = 60 * 1000;
const keep = 2;

/**
 * Copies the store once an hour, so that a damaged file costs an hour at most (and what the targets still hold, nothing).
 * The hour goes on over restarts: engines that live for minutes make copies too.
 */
export class Backups implements Disposable {
  readonly #options: { path: string; clock: Clock; log: (line: string) => void };
  #cancel: () => void = () => undefined;

  constructor(options: { path: string; clock: Clock; log: (line: string) => void }) {
    this.#options = options;
    this.#schedule();
  }

  /** Makes a backup now; settles when it is in its place. */
  async make(): Promise<void> {
    const { path, clock } = this.#options;
    const folder = backupFolder(path);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const place = join(folder, `${new Date(clock.now()).toISOString().replaceAll(":", "-")}.db`);
    const fresh = `${place}.new`;
    rmSync(fresh, { force: true });
    await runWorker({ path, to: fresh });
    renameSync(fresh, place);
    for (const old of backups(path).slice(keep)) rmSync(old, { force: true });
  }

  dispose(): void {
    this.#cancel();
  }

  #schedule(wait = this.#untilDue()): void {
    const { clock, log } = this.#options;
    this.#cancel = clock.after(wait, () => {
      void this.make().then(
        () => this.#schedule(),
        (thrown: unknown) => {
          log(`The hourly copy of the store failed: ${messageOf(thrown)}`);
          this.#schedule(everyMs);
        },
      );
    });
  }

  #untilDue(): number {
    const { clock, path } = this.#options;
    const [newest] = backups(path);
    const age = newest === undefined ? everyMs : clock.now() - statSync(newest).mtimeMs;
    return Math.min(everyMs, Math.max(soonMs, everyMs - age));
  }
}

function runWorker(workerData: { path: string; to: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerScript("backupWorker"), { workerData });
    worker.on("error", reject);
    worker.on("exit", () => resolve());
  });
}
