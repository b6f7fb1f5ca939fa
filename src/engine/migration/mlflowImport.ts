import type { Clock } from "#base/clock.ts";
import { CodedError, messageOf } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";
import type { MigrationResult } from "#contract/routes/migration.ts";
import type { Artifacts } from "../artifacts/artifacts.ts";
import type { ForeignExperiment, ForeignItem, ForeignModel, ForeignRun } from "../core/mlflow/foreign.ts";
import { checkForeignModel, checkForeignRun } from "../core/mlflow/foreignChecks.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Importable } from "../store/commands/imports.ts";
import type { Store } from "../store/store.ts";
import type { ImportedFile } from "../store/tracking/imports.ts";
import { openSource, type Source, type SourceRequest } from "./openSource.ts";

/** Points in one commit: others wait for the writer no longer than this takes. */
const commitPoints = 100_000;
const commitItems = 200;
/** What stayed behind is listed up to this many; the count is always right. */
const mostListed = 10_000;

export interface ImportRequest extends SourceRequest {
  workspace: string;
  /** Names of experiments; all when there are none. */
  experiments: readonly string[];
  actor: string;
}

export interface MlflowImportOptions {
  store: Store;
  blobs: Blobs;
  artifacts: Pick<Artifacts, "keep">;
  clock: Clock;
}

/** Takes over MLflow stores. */
export class MlflowImport {
  readonly #options: MlflowImportOptions;
  #running = 0;

  constructor(options: MlflowImportOptions) {
    this.#options = options;
  }

  /** Imports that are going on. */
  get running(): number {
    return this.#running;
  }

  /**
   * Takes over all that is whole; each run is there with all that belongs to it, or not at all. May be done again:
   * it adds what is new. Yields the figures after each commit and, the last time, for good. Throws when the store cannot be read at all.
   */
  async *run(request: ImportRequest, signal: AbortSignal): AsyncGenerator<MigrationResult> {
    this.#running++;
    try {
      const source = openSource(request);
      const taking = new Taking(this.#options, request, source);
      for await (const items of source.items) {
        if (signal.aborted) return;
        for (const item of items) {
          await taking.take(item);
          if (taking.isFull) yield await taking.next();
        }
      }
      yield await taking.finish();
    } finally {
      this.#running--;
    }
  }
}

interface Waiting {
  from: ForeignRun | ForeignModel;
  experimentRow: number;
}

/** One import: what was taken, and what waits for the next commit. */
class Taking {
  readonly #parts: MlflowImportOptions;
  readonly #request: ImportRequest;
  readonly #source: Source;
  readonly #wanted: ReadonlySet<string>;
  /** Row ids of experiments by their ids over there; null for those that are not wanted. */
  readonly #experiments = new Map<string, number | null>();
  readonly #names = new Set<string>();
  readonly #result: MigrationResult = {
    experiments: { added: 0, found: 0 },
    runs: { added: 0, updated: 0, unchanged: 0 },
    logged_models: { added: 0, updated: 0, unchanged: 0 },
    metric_points: 0,
    artifacts: { files: 0, bytes: 0 },
    left_out: [],
  };
  #waiting: Waiting[] = [];
  #writing: Promise<void> = Promise.resolve();
  #points = 0;

  constructor(parts: MlflowImportOptions, request: ImportRequest, source: Source) {
    this.#parts = parts;
    this.#request = request;
    this.#source = source;
    this.#wanted = new Set(request.experiments);
  }

  get isFull(): boolean {
    return this.#points >= commitPoints || this.#waiting.length >= commitItems;
  }

  async take(item: ForeignItem): Promise<void> {
    if (item.kind === "fault") return this.#leave(item.place, item.reason);
    if (item.kind === "experiment") return this.#takeExperiment(item);
    const experiment = this.#experiments.get(item.experimentId);
    if (experiment === null) return;
    if (experiment === undefined) return this.#leave(item.place, `Its experiment ${item.experimentId} is not there.`);
    try {
      if (item.kind === "run") checkForeignRun(item);
      else checkForeignModel(item);
    } catch (thrown) {
      return this.#leave(item.place, messageOf(thrown));
    }
    this.#waiting.push({ from: item, experimentRow: experiment });
    if (item.kind === "run") this.#points += item.points.values.length;
  }

  /** Begins to write what waits, once what was being written before is there. */
  async next(): Promise<MigrationResult> {
    await this.#writing;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#points = 0;
    this.#writing = this.#commit(waiting);
    // A failure is met at the next step.
    this.#writing.catch(() => undefined);
    return this.#result;
  }

  async #commit(waiting: readonly Waiting[]): Promise<void> {
    const stored = await this.#storeAll(waiting);
    const { workspace, actor } = this.#request;
    const items = waiting.map(({ from, experimentRow }, index): Importable => {
      const { files: _files, ...rest } = from;
      return { ...rest, experimentRow, stored: stored[index] ?? [] };
    });
    const buffers = waiting.flatMap(({ from }) =>
      from.kind === "run" ? [from.points.timestamps, from.points.steps, from.points.values] : [],
    );
    const answers = await this.#parts.store.write(
      "importItems",
      { workspace, items, actor, now: this.#parts.clock.now() },
      buffers.map((column) => column.buffer as ArrayBuffer),
    );
    for (const [index, answer] of answers.entries()) {
      const { from } = waiting[index] as Waiting;
      if ("fault" in answer) {
        this.#leave(from.place, answer.fault);
        continue;
      }
      const tally = from.kind === "run" ? this.#result.runs : this.#result.logged_models;
      tally[answer.added ? "added" : answer.changes > 0 ? "updated" : "unchanged"]++;
      this.#result.metric_points += answer.points;
      this.#result.artifacts.files += answer.files;
      if (answer.files > 0) {
        this.#result.artifacts.bytes += (stored[index] ?? []).reduce((sum, file) => sum + file.bytes, 0);
      }
    }
  }

  async finish(): Promise<MigrationResult> {
    await this.next();
    await this.#writing;
    await this.#parts.store.write("linkImportedParents", { workspace: this.#request.workspace });
    for (const name of this.#wanted) {
      if (!this.#names.has(name)) this.#leave(`experiment ${name}`, "The store has no experiment of this name.");
    }
    return this.#result;
  }

  #leave(place: string, reason: string): void {
    if (this.#result.left_out.length < mostListed) this.#result.left_out.push({ place, reason });
  }

  async #takeExperiment(experiment: ForeignExperiment): Promise<void> {
    this.#names.add(experiment.name);
    if (this.#wanted.size > 0 && !this.#wanted.has(experiment.name)) {
      this.#experiments.set(experiment.id, null);
      return;
    }
    const { workspace, actor } = this.#request;
    const args = { workspace, experiment, actor, now: this.#parts.clock.now() };
    try {
      const { id, added } = await this.#parts.store.write("importExperiment", args);
      this.#experiments.set(experiment.id, id);
      this.#result.experiments[added ? "added" : "found"]++;
    } catch (thrown) {
      if (thrown instanceof CodedError && thrown.status >= 500) throw thrown;
      this.#leave(`experiment ${experiment.name}`, messageOf(thrown));
    }
  }

  /** The bytes of all files, those of this machine together: a sync for each run would take the longest. */
  async #storeAll(waiting: readonly Waiting[]): Promise<ImportedFile[][]> {
    const local = waiting.flatMap(({ from }, index) =>
      from.files.flatMap(({ path, bytes, source }) =>
        source === undefined ? [] : [{ path: `${index}/${path}`, bytes, source }],
      ),
    );
    const stored: ImportedFile[][] = waiting.map(() => []);
    for (const { path, ...file } of local.length > 0 ? await this.#keep(local) : []) {
      const slash = path.indexOf("/");
      stored[Number(path.slice(0, slash))]?.push({ ...file, path: path.slice(slash + 1) });
    }
    for (const [index, { from }] of waiting.entries()) {
      for (const file of from.files) {
        if (file.url === undefined) continue;
        const kept = await this.#fetch(file.path, file.url, from.place);
        if (kept) stored[index]?.push(kept);
      }
    }
    return stored;
  }

  /** A file of a server. What cannot be had is left out, the rest of its run is taken. */
  async #fetch(path: string, url: string, place: string): Promise<ImportedFile | null> {
    try {
      const server = this.#source.server;
      if (!server) throw slipwayError("internal", "A file of a server has no server.");
      return { path, ...(await this.#parts.blobs.put(await server.open(url))) };
    } catch (thrown) {
      if (isOurs(thrown)) throw thrown;
      this.#leave(`${place}/${path}`, messageOf(thrown));
      return null;
    }
  }

  /** All at once; one by one when one of them cannot be read, to find out which. */
  async #keep(files: { path: string; bytes: number; source: string }[]): Promise<ImportedFile[]> {
    try {
      return await this.#parts.artifacts.keep(files);
    } catch (thrown) {
      if (isOurs(thrown)) throw thrown;
      const [only, ...more] = files;
      if (only && more.length === 0) {
        this.#leave(only.source, messageOf(thrown));
        return [];
      }
      const kept: ImportedFile[] = [];
      for (const file of files) kept.push(...(await this.#keep([file])));
      return kept;
    }
  }
}

/** A fault of our own disk ends an import; one of the other store does not. */
function isOurs(thrown: unknown): boolean {
  return (
    thrown instanceof CodedError && ["disk-full", "store-read-only", "internal", "unavailable"].includes(thrown.code)
  );
}
