import { join } from "node:path";
import type { Clock } from "#base/clock.ts";
import type { Trees } from "#engine/snapshots/trees.ts";
import type { Blobs } from "#engine/store/blobs.ts";
import { packPath } from "#engine/store/packs.ts";
import type { Store } from "#engine/store/store.ts";
import type { CollectDeleted } from "./collectDeleted.ts";
import { turnEngineLogs } from "./engineLogs.ts";
import { filesBelow, removePath, sizeOf, type Tally } from "./files.ts";

export interface CollectorOptions {
  store: Store;
  blobs: Blobs;
  trees: Trees;
  clock: Clock;
  folders: GcFolders;
  /** Jobs and runs that were deleted. */
  deleted: CollectDeleted;
  /** Environments that nobody used since (ms since the epoch) and no job needs; gives back what was removed. */
  /** What no environment can need any more of the packages that were downloaded. */
  prunePackages: (options: { dryRun: boolean }) => Promise<Tally>;
  /** The log of this engine. */
  engineLog: string;
  removeEnvironments: (options: { unusedSince: number; needed: string[]; dryRun: boolean }) => Promise<Tally>;
}

/** Folders below SLIPWAY_HOME that the collection looks into. */
export interface GcFolders {
  blobs: string;
  packs: string;
  incoming: string;
  trees: string;
  urls: string;
  /** Root of the target `local`: nothing outside it is ever removed. */
  target: string;
}

export interface Collected {
  dry_run: boolean;
  bytes_freed: number;
  removed: { what: string; count: number; bytes: number }[];
  /** Jobs and runs that are old or deleted enough and stay, and why. */
  kept: { name: string; reason: string }[];
}

export interface CollectOptions {
  dryRun: boolean;
  environmentsUnusedDays: number;
  /** What was deleted can be restored for so many days. */
  deletedDays: number;
}

const hour = 60 * 60 * 1000;
const day = 24 * hour;
/** Something made less than this ago may be about to be named by a row. */
const grace = hour;
/** A view of a frozen tree is made anew in seconds. */
const viewsUnused = 7 * day;
const urlsUnused = 30 * day;
const scansUnused = 30 * day;

/** Removes what no row refers to any more. Nothing that a job, asset or run names is ever touched. */
export class Collector {
  readonly #options: CollectorOptions;

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /**
   * Throws `blob-corrupt`, having removed nothing, when a manifest that rows name is damaged: what it needs cannot be told.
   * With `dryRun` nothing is removed and the figures say what would be.
   */
  async collect(options: CollectOptions): Promise<Collected> {
    const { dryRun } = options;
    const runs = await this.#options.deleted.collect(options);
    const stored = await this.#options.trees.exclusively(() => this.#stored(dryRun, dryRun ? runs.ids : []));
    const environments = [await this.#environments(options), await this.#options.prunePackages(options)];
    const files = await this.#files(dryRun);
    const removed = [...runs.tallies, ...stored, ...environments, ...files].filter(({ count }) => count > 0);
    return {
      dry_run: dryRun,
      bytes_freed: removed.reduce((sum, { bytes }) => sum + bytes, 0),
      removed,
      kept: runs.kept,
    };
  }

  /** Trees, packs and blobs. Nothing is frozen meanwhile. */
  async #stored(dryRun: boolean, without: number[]): Promise<Tally[]> {
    const { store, blobs, clock, folders } = this.#options;
    const before = clock.now() - grace;
    const alive = await this.#alive(before, without);
    const dead = (await store.read("allTrees", {})).filter((digest) => !alive.trees.has(digest));
    const hashes = Buffer.from([...alive.files].join(""), "hex");
    const packs = await store.read("deadPacks", { alive: hashes, before });
    if (!dryRun) {
      await store.write("forgetTrees", { digests: dead, before });
      await store.write("forgetPacks", { ids: packs.map(({ id }) => id) });
      for (const { sha256 } of packs) await removePath(packPath(folders.packs, sha256), folders.packs);
    }
    const blobTally: Tally = { what: "stored files", count: 0, bytes: 0 };
    for await (const sha256 of blobs.list()) {
      if (alive.files.has(sha256) || alive.trees.has(sha256)) continue;
      const bytes = blobs.collect(sha256, { dryRun });
      if (bytes > 0) add(blobTally, bytes);
    }
    const packBytes = packs.reduce((sum, { bytes }) => sum + bytes, 0);
    return [
      { what: "code and asset snapshots", count: dead.length, bytes: 0 },
      { what: "packs of small files", count: packs.length, bytes: packBytes },
      blobTally,
      await this.#sweep("half-written packs", this.#strayPacks(before), folders.packs, dryRun),
    ];
  }

  async #alive(since: number, without: number[]): Promise<{ trees: Set<string>; files: Set<string> }> {
    const { store, trees } = this.#options;
    const roots = await store.read("roots", { since, without });
    const files = new Set(roots.files);
    for (const digest of roots.trees) {
      for (const file of await trees.files(digest)) files.add(file.sha256);
    }
    return { trees: new Set(roots.trees), files };
  }

  async #environments(options: CollectOptions): Promise<Tally> {
    const { store, clock, removeEnvironments } = this.#options;
    return removeEnvironments({
      unusedSince: clock.now() - options.environmentsUnusedDays * day,
      needed: await store.read("neededEnvironments", {}),
      dryRun: options.dryRun,
    });
  }

  /** Caches, folders of jobs that are over, and what a crash has left half-made. */
  async #files(dryRun: boolean): Promise<Tally[]> {
    const { store, clock, folders } = this.#options;
    const now = clock.now();
    // A job that runs may be reading what it was given when it began.
    const began = (await store.read("oldestUnfinished", {})) ?? now;
    const unused = (age: number) => Math.min(now - age, began);
    if (!dryRun) await store.write("forgetScans", { before: now - scansUnused });
    const sweep = (what: string, found: AsyncIterable<string>, within: string) =>
      this.#sweep(what, found, within, dryRun);
    return [
      await sweep("folders of ended jobs", this.#jobFolders(), folders.target),
      await sweep("views of snapshots", this.#views(unused(viewsUnused)), folders.trees),
      await sweep(
        "downloaded files",
        filesBelow(folders.urls, { depth: 1, olderThan: unused(urlsUnused) }),
        folders.urls,
      ),
      await turnEngineLogs(this.#options.engineLog, dryRun),
      await sweep("leftovers", this.#leftovers(now, unused(day)), join(folders.blobs, "..")),
    ];
  }

  async #sweep(what: string, found: AsyncIterable<string>, within: string, dryRun: boolean): Promise<Tally> {
    const tally: Tally = { what, count: 0, bytes: 0 };
    for await (const path of found) {
      add(tally, await sizeOf(path));
      if (!dryRun) await removePath(path, within);
    }
    return tally;
  }

  /** Of an archived job the whole folder; of any other that is over, the copies of its data that are kept elsewhere. */
  async *#jobFolders(): AsyncGenerator<string> {
    for (const { folder, archived } of await this.#options.store.read("endedAttempts", { compute: "local" })) {
      if (archived) yield folder;
      else yield* filesBelow(folder, { depth: 1, named: ["inputs"] });
    }
  }

  /** A view and its stamp. The stamp is renewed at each use. */
  async *#views(olderThan: number): AsyncGenerator<string> {
    const stale = filesBelow(this.#options.folders.trees, { depth: 1, ending: ".stamp", olderThan });
    for await (const stamp of stale) {
      yield stamp.slice(0, -".stamp".length);
      yield stamp;
    }
  }

  /** Packs that were never named, because the engine died between the file and its row. */
  async *#strayPacks(olderThan: number): AsyncGenerator<string> {
    const known = new Set(await this.#options.store.read("allPacks", {}));
    for await (const path of filesBelow(this.#options.folders.packs, { depth: 2, olderThan })) {
      if (!known.has(path.slice(path.lastIndexOf("/") + 1))) yield path;
    }
  }

  async *#leftovers(now: number, spoilt: number): AsyncGenerator<string> {
    const { folders } = this.#options;
    const half = { depth: 1, olderThan: now - grace };
    yield* filesBelow(join(folders.blobs, "incoming"), half);
    yield* filesBelow(folders.incoming, half);
    yield* filesBelow(folders.trees, { depth: 1, olderThan: spoilt, ending: ".making" });
    yield* filesBelow(folders.trees, { depth: 1, olderThan: spoilt, ending: ".old" });
  }
}

function add(tally: Tally, bytes: number): void {
  tally.count += 1;
  tally.bytes += bytes;
}
