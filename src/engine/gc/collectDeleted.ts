import { rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock } from "#base/clock.ts";
import type { EventBus } from "#engine/core/events.ts";
import type { HeldRun, RunPlace } from "#engine/store/queries/keeping.ts";
import type { Store } from "#engine/store/store.ts";
import { removePath, sizeOf, type Tally } from "./files.ts";
import { reasonsOf, type Keeping } from "./keeping.ts";

interface CollectDeletedOptions {
  store: Store;
  bus: EventBus;
  clock: Clock;
  keeping: Keeping;
  /** Where the engine's copies of logs are. */
  logs: string;
  /** Root of the target `local`: nothing of an attempt outside of it is removed. */
  target: string;
}

export interface CollectedRuns {
  /** Runs whose rows are gone, or with a dry run would be. */
  ids: number[];
  tallies: Tally[];
  kept: { name: string; reason: string }[];
}

const day = 24 * 60 * 60 * 1000;
/** So many runs are forgotten in one commit: others wait no longer than that. */
const batch = 50;

/** Takes deleted jobs and runs out of the store, and deletes those that a workspace's retention has run out for. */
export class CollectDeleted {
  readonly #options: CollectDeletedOptions;

  constructor(options: CollectDeletedOptions) {
    this.#options = options;
  }

  /** `deletedDays` is how long what was deleted can be restored. */
  async collect(options: { dryRun: boolean; deletedDays: number }): Promise<CollectedRuns> {
    const { store, clock } = this.#options;
    const aged = await this.#pastRetention(options.dryRun);
    const deleted = await store.read("collectableRuns", { before: clock.now() - options.deletedDays * day });
    const { ids, held } = await withoutHeld(store, deleted);
    const runs: Tally = { what: "deleted jobs and runs", count: 0, bytes: 0 };
    for (let at = 0; at < ids.length; at += batch) {
      const part = ids.slice(at, at + batch);
      const places = await store.read("placesOfRuns", { ids: part });
      const gone = options.dryRun ? undefined : await this.#forget(part);
      runs.count += gone?.length ?? part.length;
      for (const place of places) {
        if (gone && !gone.some(({ workspace, name }) => workspace === place.workspace && name === place.name)) continue;
        runs.bytes += await this.#removeFiles(place, options.dryRun);
      }
    }
    return { ids, tallies: [...aged.tallies, runs], kept: [...aged.kept, ...reasonsOf(held)] };
  }

  async #forget(ids: number[]): Promise<{ workspace: string; name: string }[]> {
    const { store, bus } = this.#options;
    const gone = await store.write("forgetRuns", { ids });
    for (const run of gone) bus.publish({ type: "job-deleted", ...run });
    return gone;
  }

  async #removeFiles({ workspace, name, folders }: RunPlace, dryRun: boolean): Promise<number> {
    const { logs, target } = this.#options;
    const log = join(logs, workspace, name);
    let bytes = await sizeOf(log);
    if (!dryRun) await removePath(log, logs);
    for (const folder of JSON.parse(folders) as string[]) {
      bytes += await sizeOf(folder);
      if (dryRun) continue;
      await removePath(folder, target);
      // The job's own folder, which holds its attempts, once the last of them is gone.
      await rmdir(dirname(folder)).catch(() => undefined);
    }
    return bytes;
  }

  /** Jobs and runs that are older than their workspace keeps them. They are deleted, so they can be restored as well. */
  async #pastRetention(dryRun: boolean): Promise<Pick<CollectedRuns, "tallies" | "kept">> {
    const { store, keeping } = this.#options;
    const tally: Tally = { what: "jobs past the retention time (deleted, not collected yet)", count: 0, bytes: 0 };
    const kept: CollectedRuns["kept"] = [];
    for (const { name, retention_days: olderThanDays } of await store.read("retentions", {})) {
      const request = { olderThanDays, experiment: null, statuses: [], dryRun, actor: "slipway gc" };
      const purged = await keeping.purge(name, request);
      tally.count += purged.jobs.length + purged.nested;
      kept.push(...purged.kept);
    }
    return { tallies: [tally], kept };
  }
}

/** Takes out what something needs; what that needs itself stays as well. */
async function withoutHeld(store: Store, deleted: number[]): Promise<{ ids: number[]; held: HeldRun[] }> {
  const held: HeldRun[] = [];
  let ids = deleted;
  for (;;) {
    const found = await store.read("heldRuns", { ids });
    if (found.length === 0) return { ids, held };
    held.push(...found);
    const stays = new Set(found.map(({ id }) => id));
    ids = ids.filter((id) => !stays.has(id));
  }
}
