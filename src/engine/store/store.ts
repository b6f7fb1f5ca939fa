import type { TransferListItem } from "node:worker_threads";
import type { Disposable } from "#base/disposable.ts";
import type { Commands } from "./commands.ts";
import { openForWriting } from "./database.ts";
import { migrate } from "./migrations.ts";
import type { Queries } from "./queries.ts";
import type { ArgsOf, ResultOf } from "./table.ts";
import { WorkerClient } from "./workerClient.ts";

/** Scripts of the store's threads. They lie beside this module, as source or as built. */
const scriptEnding = import.meta.url.endsWith(".ts") ? "ts" : "js";
const script = (name: string) => new URL(`./${name}.${scriptEnding}`, import.meta.url);

const readers = 2;

/** The one door to the database. */
export class Store implements Disposable {
  readonly #writer: WorkerClient;
  readonly #readers: WorkerClient[];

  private constructor(writer: WorkerClient, readerClients: WorkerClient[]) {
    this.#writer = writer;
    this.#readers = readerClients;
  }

  /** Opens (or creates) the store at `path`. Throws `store-newer`, or SQLite's own error when the file is damaged. */
  static open(options: { path: string; onFault: (fault: Error) => void }): Store {
    const db = openForWriting(options.path);
    try {
      migrate(db, options.path);
    } finally {
      db.raw.close();
    }
    const client = (name: string) =>
      new WorkerClient({ script: script(name), data: { path: options.path }, onFault: options.onFault });
    return new Store(
      client("writerWorker"),
      Array.from({ length: readers }, () => client("readerWorker")),
    );
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
    const reader = this.#readers.reduce((least, candidate) => (candidate.load < least.load ? candidate : least));
    return reader.call(name, args) as Promise<ResultOf<Queries[K]>>;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.close()));
    await this.#writer.close();
  }
}
