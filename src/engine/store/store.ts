import { randomUUID } from "node:crypto";
import type { MessagePort, TransferListItem } from "node:worker_threads";
import type { Disposable } from "#base/disposable.ts";
import { errnoOf, messageOf, type CodedError } from "#base/errors.ts";
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

/** What most parts need of the store: its commands and its questions. */
export type StoreCalls = Pick<Store, "write" | "read">;

interface StoreOptions {
  path: string;
  onFault: (fault: Error) => void;
  onCondition?: (condition: StoreCondition) => void;
}

/** The one door to the database. */
export class Store implements Disposable {
  readonly #path: string;
  readonly #generation: number;
  readonly #writer: WorkerClient;
  /** One at first; a second one once it is needed. */
  readonly #readers: WorkerClient[];
  readonly #addReader: () => WorkerClient;
  /** How the store was found. */
  #found: StoreCondition;
  readonly #onCondition: (condition: StoreCondition) => void;
  #refusal: CodedError | undefined;

  private constructor(options: StoreOptions & { generation: number; condition: StoreCondition }) {
    const common = { path: options.path, onFault: options.onFault };
    const addReader = () => new WorkerClient({ ...common, script: workerScript("readerWorker") });
    this.#path = options.path;
    this.#generation = options.generation;
    this.#found = options.condition;
    this.#onCondition = options.onCondition ?? (() => undefined);
    this.#writer = new WorkerClient({
      ...common,
      script: workerScript("writerWorker"),
      onRefusal: (refusal) => this.#hear(refusal),
    });
    this.#readers = [addReader()];
    this.#addReader = addReader;
  }

  /** How the store was found, or that nothing can be written to it now. */
  get condition(): StoreCondition {
    if (this.#refusal === undefined) return this.#found;
    return { state: "read-only", detail: `${this.#refusal.message} ${this.#refusal.next}` };
  }

  /** Something more that came of the store's condition. */
  addDetail(words: string): void {
    this.#found = { ...this.#found, detail: `${this.#found.detail} ${words}`.trim() };
  }

  /** {@link condition} as it is at this moment: a disk that refused is asked once more. */
  async examine(): Promise<StoreCondition> {
    // A value that is new each time: SQLite leaves the disk alone when nothing changes.
    const probe = { key: "probe", value: randomUUID() };
    if (this.#refusal !== undefined) await this.write("putSetting", probe).catch(() => undefined);
    return this.condition;
  }

  /**
   * Opens (or creates) the store at `path`. A damaged one is set aside and restored, see {@link Store.condition}.
   * `onFault` hears when one of the threads has died, `onCondition` when the disk takes nothing more and when it does
   * again. Throws `store-newer`, and `disk-full` or `store-read-only` where
   * nothing can be written: the database is left as it is then.
   */
  static async open(options: StoreOptions & { now: number }): Promise<Store> {
    try {
      return await Store.#open(options);
    } catch (thrown) {
      throw storeFault(errnoOf(thrown), messageOf(thrown)) ?? thrown;
    }
  }

  static async #open(options: StoreOptions & { now: number }): Promise<Store> {
    const found = examineStore(options.path, options.now);
    const { generation, older } = noteOpening(options.path, prepare(options.path));
    const condition: StoreCondition = older && found.state === "ok" ? { state: "restored", detail: olderCopy } : found;
    const store = new Store({ ...options, generation, condition });
    // Written by the writer itself, so that the write-ahead log is never empty while the marker says "open".
    await store.write("putSetting", { key: "generation", value: String(generation) });
    if (condition.state === "restored") await store.write("putSetting", { key: takeUpDue, value: "yes" });
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

  /** Loads a module (see guest.ts) into the writer's thread. It must have left before the store is closed. */
  invite(guest: { module: URL; options: unknown; port: MessagePort }): void {
    this.#writer.invite({ guest: guest.module.href, options: guest.options, port: guest.port });
  }

  #hear(refusal: CodedError | undefined): void {
    this.#refusal = refusal;
    this.#onCondition(this.condition);
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

/** Setting that says `yes` from the moment the store was restored until the targets were asked what they hold. */
export const takeUpDue = "take-up-due";

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
