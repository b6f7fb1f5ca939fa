import { access, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { Clock } from "#base/clock.ts";
import { slipwayError } from "#contract/errors.ts";
import type { LogMatch, LogWindow } from "#contract/routes/jobs.ts";
import type { z } from "zod";
import type { EventBus } from "../core/events.ts";
import { INDEX_SUFFIX, LogFile } from "./logFile.ts";
import { readWindow } from "./logWindow.ts";
import { countPassing } from "./passingBytes.ts";
import { searchInWorker, type SearchRequest } from "./search.ts";

/** Which job a log belongs to. */
export interface LogOwner {
  workspace: string;
  job: string;
}

export interface LogRange {
  offset: number;
  limit?: number | undefined;
  follow: boolean;
  /** Ends a reader that waits for more. */
  signal: AbortSignal;
}

interface OpenLog {
  file: Promise<LogFile>;
  users: number;
}

/** What is known of a log that may still grow. */
interface Growing {
  /** Those that wait for more bytes. */
  waiting: Set<() => void>;
  complete: boolean;
  publishedAt: number;
  publishing: boolean;
}

/** Log events of one log come at most this often. */
const EVENT_EVERY_MS = 250;
const CHUNK = 256 * 1024;

/**
 * The engine's copies of all logs, under `root/<workspace>/<job>/<path>`. A job's logs grow from {@link begin} to
 * {@link finish}; readers that follow are kept until then. Nothing is redacted: these files are the truth.
 */
export class LogStore {
  readonly #root: string;
  readonly #bus: EventBus;
  readonly #clock: Clock;
  readonly #open = new Map<string, OpenLog>();
  /** Jobs whose logs may grow, and their logs that have been seen or waited for. */
  readonly #jobs = new Map<string, Map<string, Growing>>();

  constructor(options: { root: string; bus: EventBus; clock: Clock }) {
    this.#root = options.root;
    this.#bus = options.bus;
    this.#clock = options.clock;
  }

  /** From now on the job's logs may grow. */
  begin(owner: LogOwner): void {
    const key = this.#folder(owner);
    if (!this.#jobs.has(key)) this.#jobs.set(key, new Map());
  }

  /** Takes over bytes of a log that begin at `offset`. The same bytes again change nothing. Calls for one log must not overlap. */
  async append(owner: LogOwner, path: string, offset: number, bytes: Buffer): Promise<void> {
    const fresh = await this.#use(owner, path, (file) => file.append(offset, bytes));
    countPassing(bytes.length);
    if (fresh > 0) this.#grew(owner, path);
  }

  /** Adds text to a log that the engine itself writes. Calls for one log must not overlap. */
  async write(owner: LogOwner, path: string, text: string): Promise<void> {
    await this.#use(owner, path, (file) => file.append(file.bytes, Buffer.from(text)));
    this.#grew(owner, path);
  }

  /** One log of a job is complete, the job itself goes on. */
  async finishLog(owner: LogOwner, path: string): Promise<void> {
    const growing = this.#growing(owner, path);
    if (growing === undefined || growing.complete) return;
    growing.complete = true;
    if (await this.#exists(owner, path)) await this.#publish(owner, path, growing);
    wake(growing);
  }

  /** Makes all logs of a job durable. */
  async sync(owner: LogOwner): Promise<void> {
    for (const { path } of await this.list(owner)) await this.#use(owner, path, (file) => file.sync());
  }

  /** The job is over and its logs are complete. */
  async finish(owner: LogOwner): Promise<void> {
    const key = this.#folder(owner);
    const logs = this.#jobs.get(key);
    if (logs === undefined) return;
    for (const path of logs.keys()) await this.finishLog(owner, path);
    this.#jobs.delete(key);
    for (const path of logs.keys()) await this.#closeUnused(join(key, path));
  }

  /** Bytes of a log taken over so far; 0 when there is none yet. */
  async size(owner: LogOwner, path: string): Promise<number> {
    const open = this.#open.get(this.#file(owner, path));
    if (open !== undefined) return (await open.file).bytes;
    return stat(this.#file(owner, path)).then(
      (found) => found.size,
      () => 0,
    );
  }

  /** The logs of a job, sorted by path. */
  async list(owner: LogOwner): Promise<{ path: string; bytes: number; complete: boolean }[]> {
    const folder = this.#folder(owner);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const logs = entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith(INDEX_SUFFIX))
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .sort();
    return Promise.all(
      logs.map(async (path) => ({
        path,
        bytes: await this.size(owner, path),
        complete: this.#isComplete(owner, path),
      })),
    );
  }

  /**
   * Bytes from `offset` on, at most `limit`. With `follow` it goes on until the log is complete; then the log need not
   * exist yet. Throws `not-found` for a log that does not exist.
   */
  async read(owner: LogOwner, path: string, range: LogRange): Promise<Readable> {
    if (!range.follow || this.#isComplete(owner, path)) await this.#mustExist(owner, path);
    return Readable.from(this.#chunks(owner, path, range), { objectMode: false, highWaterMark: CHUNK });
  }

  async *#chunks(owner: LogOwner, path: string, range: LogRange): AsyncGenerator<Buffer> {
    let at = range.offset;
    const end = range.limit === undefined ? Infinity : range.offset + range.limit;
    while (at < end && !range.signal.aborted) {
      const complete = this.#isComplete(owner, path);
      if (await this.#exists(owner, path)) {
        const chunk = await this.#use(owner, path, async (file) => {
          const length = Math.min(CHUNK, end - at, Math.max(0, file.bytes - at));
          const buffer = Buffer.allocUnsafe(length);
          return buffer.subarray(0, length === 0 ? 0 : await file.read(buffer, length, at));
        });
        if (chunk.length > 0) {
          at += chunk.length;
          yield chunk;
          countPassing(chunk.length);
          continue;
        }
      }
      if (complete || !range.follow) return;
      await this.#more(owner, path, at, range.signal);
    }
  }

  /** The last part of a log, cut at line ends. Throws `not-found`. */
  async window(
    owner: LogOwner,
    path: string,
    limits: { bytes: number; lines: number; before?: number | undefined },
  ): Promise<LogWindow> {
    await this.#mustExist(owner, path);
    const complete = this.#isComplete(owner, path);
    return { ...(await this.#use(owner, path, (file) => readWindow(file, limits))), complete };
  }

  /** The last `bytes` of a log as they are; empty when there is none. */
  async tail(owner: LogOwner, path: string, bytes: number): Promise<Buffer> {
    if (!(await this.#exists(owner, path))) return Buffer.alloc(0);
    return this.#use(owner, path, async (file) => {
      const from = Math.max(0, file.bytes - bytes);
      const buffer = Buffer.alloc(file.bytes - from);
      return buffer.subarray(0, await file.read(buffer, buffer.length, from));
    });
  }

  /** Lines of the whole log that match. Runs in a thread of its own, so that no search delays anything else. */
  async search(
    owner: LogOwner,
    path: string,
    request: SearchRequest,
  ): Promise<{ matches: z.infer<typeof LogMatch>[]; truncated: boolean }> {
    await this.#mustExist(owner, path);
    return searchInWorker(this.#file(owner, path), request);
  }

  async dispose(): Promise<void> {
    for (const logs of this.#jobs.values()) for (const growing of logs.values()) wake(growing);
    this.#jobs.clear();
    for (const key of [...this.#open.keys()]) await this.#closeUnused(key);
  }

  #folder(owner: LogOwner): string {
    return join(this.#root, owner.workspace, owner.job);
  }

  #file(owner: LogOwner, path: string): string {
    const parts = path.split("/");
    const outside = parts.some((part) => part === "" || part === "." || part === "..") || /[\\\0]/.test(path);
    if (outside || path.endsWith(INDEX_SUFFIX)) {
      throw slipwayError("path-outside", `"${path.slice(0, 200)}" is not the path of a log.`);
    }
    return join(this.#folder(owner), path);
  }

  #exists(owner: LogOwner, path: string): Promise<boolean> {
    return access(this.#file(owner, path)).then(
      () => true,
      () => false,
    );
  }

  async #mustExist(owner: LogOwner, path: string): Promise<void> {
    if (await this.#exists(owner, path)) return;
    throw slipwayError("not-found", `The job ${owner.job} has no log ${path}.`, {
      next: "`slipway job show` lists the logs of a job.",
    });
  }

  /** Runs `work` on the log's one open file. The file stays open while the job's logs may grow. */
  async #use<T>(owner: LogOwner, path: string, work: (file: LogFile) => Promise<T>): Promise<T> {
    const key = this.#file(owner, path);
    let open = this.#open.get(key);
    if (open === undefined) {
      open = { file: LogFile.open(key), users: 0 };
      this.#open.set(key, open);
    }
    open.users++;
    try {
      return await work(await open.file);
    } catch (failure) {
      if (await failed(open.file)) this.#open.delete(key);
      throw failure;
    } finally {
      open.users--;
      if (!this.#jobs.has(this.#folder(owner))) await this.#closeUnused(key);
    }
  }

  async #closeUnused(key: string): Promise<void> {
    const open = this.#open.get(key);
    if (open === undefined || open.users > 0) return;
    this.#open.delete(key);
    if (!(await failed(open.file))) await (await open.file).close();
  }

  #growing(owner: LogOwner, path: string): Growing | undefined {
    const logs = this.#jobs.get(this.#folder(owner));
    if (logs === undefined) return undefined;
    let growing = logs.get(path);
    if (growing === undefined) {
      growing = { waiting: new Set(), complete: false, publishedAt: -EVENT_EVERY_MS, publishing: false };
      logs.set(path, growing);
    }
    return growing;
  }

  #isComplete(owner: LogOwner, path: string): boolean {
    const logs = this.#jobs.get(this.#folder(owner));
    return logs === undefined || logs.get(path)?.complete === true;
  }

  #grew(owner: LogOwner, path: string): void {
    const growing = this.#growing(owner, path);
    if (growing === undefined) return;
    wake(growing);
    if (growing.publishing) return;
    growing.publishing = true;
    const since = this.#clock.monotonic() - growing.publishedAt;
    this.#clock.after(Math.max(0, EVENT_EVERY_MS - since), () => {
      growing.publishing = false;
      if (!growing.complete) void this.#publish(owner, path, growing);
    });
  }

  async #publish(owner: LogOwner, path: string, growing: Growing): Promise<void> {
    growing.publishedAt = this.#clock.monotonic();
    const { complete } = growing;
    this.#bus.publish({ type: "log", ...owner, path, bytes: await this.size(owner, path), complete });
  }

  /** Settles when the log has more than `known` bytes, is complete, or the reader is gone. */
  async #more(owner: LogOwner, path: string, known: number, signal: AbortSignal): Promise<void> {
    const growing = this.#growing(owner, path);
    if (growing === undefined || growing.complete) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        growing.waiting.delete(go);
        signal.removeEventListener("abort", go);
        resolve();
      };
      growing.waiting.add(go);
      signal.addEventListener("abort", go, { once: true });
      if (signal.aborted) go();
      else void this.size(owner, path).then((size) => (size > known ? go() : undefined));
    });
  }
}

function wake(growing: Growing): void {
  for (const go of [...growing.waiting]) go();
}

function failed(file: Promise<unknown>): Promise<boolean> {
  return file.then(
    () => false,
    () => true,
  );
}
