import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "#base/clock.ts";
import type { FileWorkers } from "#engine/snapshots/fileTasks.ts";
import type { OnFiles, Trees } from "#engine/snapshots/trees.ts";
import type { Transport } from "#transport/transport.ts";

export interface TreeViewsOptions {
  trees: Trees;
  workers: FileWorkers;
  /** This machine. */
  local: Transport;
  clock: Clock;
  /** Folder of the views: a folder for each tree and its stamp beside it. */
  root: string;
}

/**
 * Frozen trees as folders that all jobs of this machine read. Files are made without write permission; one that was
 * changed all the same is noticed by its stamp at the next use, and the view is made anew from the store.
 */
export class TreeViews {
  readonly #options: TreeViewsOptions;
  readonly #running = new Map<string, Promise<string>>();

  constructor(options: TreeViewsOptions) {
    this.#options = options;
  }

  /** The folder of a tree. Throws `blob-corrupt` and `disk-full`. */
  folder(tree: string, onProgress?: OnFiles): Promise<string> {
    const running = this.#running.get(tree);
    if (running) return running;
    const making = this.#folder(tree, onProgress).finally(() => this.#running.delete(tree));
    this.#running.set(tree, making);
    return making;
  }

  async #folder(tree: string, onProgress?: OnFiles): Promise<string> {
    const { trees, workers, local, clock, root } = this.#options;
    const folder = join(root, tree);
    const stampFile = `${folder}.stamp`;
    const stamp = await readFile(stampFile, "utf8").catch(() => "");
    if (stamp !== "" && (await workers.run("stampFolder", { folder })) === stamp) {
      const now = new Date(clock.now());
      // The stamp's age is what the collection of views goes by.
      await utimes(stampFile, now, now);
      return folder;
    }
    const making = join(root, `${randomUUID()}.making`);
    await mkdir(root, { recursive: true });
    try {
      await trees.materialize({ digest: tree, to: making, transport: local, readOnly: true, onProgress });
      // A spoilt view is moved away, not changed: a running job may be reading it.
      await rename(folder, `${making}.old`).catch(() => undefined);
      await rename(making, folder);
      await writeFile(stampFile, await workers.run("stampFolder", { folder }));
      return folder;
    } finally {
      await rm(making, { recursive: true, force: true });
    }
  }
}
