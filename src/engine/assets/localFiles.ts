import { realpath, stat } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import type { Clock } from "#base/clock.ts";
import { slipwayError } from "#contract/errors.ts";
import type { Datastores } from "#engine/datastores/datastores.ts";
import type { FileWorkers } from "#engine/snapshots/fileTasks.ts";
import type { OnFiles, Trees } from "#engine/snapshots/trees.ts";
import type { Store } from "#engine/store/store.ts";

export interface LocalFilesOptions {
  store: Store;
  datastores: Datastores;
  trees: Trees;
  workers: FileWorkers;
  clock: Clock;
  slipwayHome: string;
  /** More than this is registered where it stands instead of being copied, unless a copy is asked for. */
  copyLimitBytes: number;
}

/** How a local path is taken; undefined leaves it to its size. */
export type Storage = "copy" | "in-place";

/** How local files are taken, and who is told how far it is. */
export interface Taking {
  storage?: Storage | undefined;
  onProgress?: OnFiles | undefined;
}

/** A local path as an asset keeps it. */
export interface TakenFiles {
  path: string;
  tree: string | null;
  digest: string | null;
  bytes: number | null;
  isFile: boolean;
  properties: Record<string, string>;
}

const digestLimits = { maxBytes: 1024 * 1024 * 1024, maxFiles: 100_000 };

/**
 * Takes local files for a data or model asset. As Azure uploads them, they are frozen by content, and later changes in
 * the folder do not reach the asset. What lies in a datastore stays there, and what is too large stands where it is.
 */
export class LocalFiles {
  readonly #options: LocalFilesOptions;

  constructor(options: LocalFilesOptions) {
    this.#options = options;
  }

  /** Throws `file-not-found` and `disk-full`. */
  async take(workspace: string, path: string, { storage, onProgress }: Taking): Promise<TakenFiles> {
    const stats = await stat(path).catch(() => undefined);
    if (!stats?.isFile() && !stats?.isDirectory()) {
      throw slipwayError("file-not-found", `${path} does not exist.`, {
        next: "`path` is relative to the YAML file (or to the working folder, for --path).",
      });
    }
    const real = await realpath(path);
    const isFile = stats.isFile();
    const stored = await this.#inDatastore(workspace, real);
    if (stored !== undefined) return this.#inPlace(stored, real, isFile, "datastore");
    if (storage === "in-place") return this.#inPlace(path, real, isFile, "in-place");
    return this.#freeze(path, real, isFile, { storage, onProgress });
  }

  async #freeze(path: string, real: string, isFile: boolean, { storage, onProgress }: Taking): Promise<TakenFiles> {
    const { store, trees, workers, clock, slipwayHome, copyLimitBytes } = this.#options;
    const key = `data\n${real}`;
    const scan = await workers.run("scanFolder", {
      root: real,
      codeless: false,
      includes: [],
      skipParentIgnored: false,
      findSecrets: false,
      followOutside: true,
      maxBytes: storage === "copy" ? null : copyLimitBytes,
      excluded: [await realpath(slipwayHome).catch(() => slipwayHome)],
      memory: await store.read("scanMemory", { root: key }),
    });
    if (scan.tooLarge) return this.#inPlace(path, real, isFile, "in-place", scan.bytes);
    if (scan.memory !== null) await store.write("rememberScan", { root: key, memory: scan.memory, now: clock.now() });
    const frozen = await trees.freeze(scan.files, onProgress);
    const only = isFile ? basename(real) : null;
    const digest = only === null ? frozen.digest : ((await trees.files(frozen.digest))[0]?.sha256 ?? frozen.digest);
    return {
      path,
      tree: frozen.digest,
      digest,
      bytes: frozen.bytes,
      isFile,
      properties: { "slipway.storage": "frozen", ...(only === null ? {} : { "slipway.file": only }) },
    };
  }

  async #inPlace(
    path: string,
    real: string,
    isFile: boolean,
    storage: "in-place" | "datastore",
    bytes?: number,
  ): Promise<TakenFiles> {
    const found = await this.#options.workers.run("digestPath", { path: real, ...digestLimits });
    const properties = { "slipway.storage": storage };
    return {
      path,
      tree: null,
      digest: found?.digest ?? null,
      bytes: found?.bytes ?? bytes ?? null,
      isFile,
      properties,
    };
  }

  /** The datastore path of a local path, when one of the workspace's local datastores holds it. */
  async #inDatastore(workspace: string, real: string): Promise<string | undefined> {
    for (const { name, path } of await this.#options.datastores.list(workspace)) {
      if (path === null) continue;
      const root = await realpath(path).catch(() => join(path));
      if (real !== root && !real.startsWith(root + sep)) continue;
      return `azureml://datastores/${name}/paths/${relative(root, real).split(sep).join("/")}`;
    }
    return undefined;
  }
}
