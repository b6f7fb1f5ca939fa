import type { TransferListItem } from "node:worker_threads";
import type { Disposable } from "#base/disposable.ts";
import { errnoOf, messageOf } from "#base/errors.ts";
import type { Commands } from "./commands.ts";
import { openForWriting } from "./database.ts";
import { checkIsOurs, migrate } from "./migrations.ts";
import type { Queries } from "./queries.ts";
import type { ArgsOf, ResultOf } from "./table.ts";
import { examineStore, noteOpening, writeMarker, type StoreCondition } from "./recovery.ts";
import { storeFault } from "./storeFault.ts";
import { WorkerClient } from "./workerClient.ts";
import { workerScript } from "./workerScript.ts";

/** A second reader starts when a question finds the first busy with an older one for this long: a thread costs 12 MB. */
const patienceMs = 20;

/** The one door to the database. */
export class Store implements Disposable {
  readonly #path: string;
  readonly #generation: number;
  readonly #writer: WorkerClient;
  /** One at first; a second one once it is needed. */
  readonly #readers: WorkerClient[];
  readonly #addReader: () => WorkerClient;
  /** How the store was found. */
  readonly condition: StoreCondition;

  private constructor(options: {
    path: string;
    generation: number;
    condition: StoreCondition;
    onFault: (fault: Error) => void;
  }) {
    const client = (name: "writerWorker" | "readerWorker") =>
      new WorkerClient({ script: workerScript(name), path: options.path, onFault: options.onFault });
    this.#path = options.path;
    this.#generation = options.generation;
    this.condition = options.condition;
    this.#writer = client("writerWorker");
    this.#readers = [client("readerWorker")];
    this.#addReader = () => client("readerWorker");
  }

  /**
   * Opens (or creates) the store at `path`. A damaged one is set aside and restored, see {@link Store.condition}.
   * `onFault` hears when one of the threads has died. Throws `store-newer`, and `disk-full` or `store-read-only` where
   * nothing can be written: the database is left as it is then.
   */
  static async open(options: { path: string; now: number; onFault: (fault: Error) => void }): Promise<Store> {
    try {
      return await Store.#open(options);
    } catch (thrown) {
      throw storeFault(errnoOf(thrown), messageOf(thrown)) ?? thrown;
    }
  }

  static async #open(options: { path: string; now: number; onFault: (fault: Error) => void }): Promise<Store> {
    const found = examineStore(options.path, options.now);
    const { generation, older } = noteOpening(options.path, prepare(options.path));
    const condition: StoreCondition = older && found.state === "ok" ? { state: "restored", detail: olderCopy } : found;
    const store = new Store({ path: options.path, generation, condition, onFault: options.onFault });
    // Written by the writer itself, so that the write-ahead log is never empty while the marker says "open".
    await store.write("putSetting", { key: "generation", value: String(generation) });
    writeMarker(options.path, { state: "open", generation });
    return store;
  }

  /** Runs a command; settles after the commit that holds it. `transfer` hands buffers over instead of copying them. */
  write<K extends keyof Commands & string>(
    name: K,
    args: ArgsOf<Commands[K]>,
    transfer: readonly TransferListItem[] = [],
  ): Promise<ResultOf<Commands[K]>> {
    return this.#writer.call(name, args, transfer) as Promise<ResultOf<Commands[K]>>;
  }

  /** Runs a query on the reader with the least to do. It sees every commit that was answered before. */
  read<K extends keyof Queries & string>(name: K, args: ArgsOf<Queries[K]>): Promise<ResultOf<Queries[K]>> {
    const [first] = this.#readers;
    if (this.#readers.length === 1 && first && first.busyMs > patienceMs) this.#readers.push(this.#addReader());
    const reader = this.#readers.reduce((least, candidate) => (candidate.load < least.load ? candidate : least));
    return reader.call(name, args) as Promise<ResultOf<Queries[K]>>;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.close()));
    try {
      writeMarker(this.#path, { state: "closing", generation: this.#generation });
    } catch {
      // On a full disk there is room again once the write-ahead log is gone.
    }
    await this.#writer.close();
    writeMarker(this.#path, { state: "closed", generation: this.#generation });
  }
}

const olderCopy =
  "The database is an older copy than the one that was last open here; work found on the targets is taken up again.";

/** Migrates the store and returns the generation that it holds. */
function prepare(path: string): number {
  checkIsOurs(path);
  const db = openForWriting(path);
  try {
    migrate(db, path);
    const row = db.get<{ value: string }>("SELECT value FROM settings WHERE key = 'generation'");
    return Number(row?.value ?? 0);
  } finally {
    db.raw.close();
  }
}
