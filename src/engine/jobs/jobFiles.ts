import { Readable } from "node:stream";
import { batchFileBytes } from "#contract/fileBatch.ts";
import type { FileEntry } from "#contract/routes/jobs.ts";
import type { ArtifactService } from "../core/ports/artifacts.ts";
import type { LogStore } from "../logs/logStore.ts";
import type { Store } from "../store/store.ts";
import { framesOf } from "./fileFrames.ts";
import type { OutputFiles } from "./outputFiles.ts";

interface JobKey {
  workspace: string;
  name: string;
}

/** Where the exact packages of a job's environment stand among its files. */
export const LOCK_PATH = "environment/requirements.lock";

/** The files that a job has left: its artifacts, its outputs under `named-outputs/`, its logs and its lock, as one tree. */
export class JobFiles {
  readonly #artifacts: ArtifactService;
  readonly #logs: LogStore;
  readonly #store: Store;
  readonly #outputs: OutputFiles;

  constructor(options: { artifacts: ArtifactService; logs: LogStore; store: Store; outputs: OutputFiles }) {
    this.#store = options.store;
    this.#outputs = options.outputs;
    this.#artifacts = options.artifacts;
    this.#logs = options.logs;
  }

  /** Entries of the folder `path` (relative to it), folders first; or every file below it. */
  async list(job: JobKey, path: string, recursive: boolean): Promise<FileEntry[]> {
    const [artifacts, logs, lock, outputs] = await Promise.all([
      this.#artifacts.list({ ...job, path, recursive }),
      this.#logs.list({ workspace: job.workspace, job: job.name }),
      this.#store.read("jobLock", job),
      this.#outputs.list(job, path, recursive),
    ]);
    const entries = new Map(artifacts.map((entry) => [entry.path, entry]));
    const prefix = path === "" ? "" : `${path.replace(/\/+$/u, "")}/`;
    const others = [
      ...logs,
      ...outputs,
      ...(lock === null ? [] : [{ path: LOCK_PATH, bytes: Buffer.byteLength(lock) }]),
    ];
    for (const other of others) {
      if (!other.path.startsWith(prefix)) continue;
      const below = other.path.slice(prefix.length);
      const folder = below.split("/")[0] as string;
      if (recursive || folder === below) {
        entries.set(below, { path: below, is_dir: false, bytes: other.bytes, sha256: null });
      } else if (!entries.has(folder)) entries.set(folder, { path: folder, is_dir: true, bytes: 0, sha256: null });
    }
    return [...entries.values()].sort((a, b) => Number(b.is_dir) - Number(a.is_dir) || (a.path < b.path ? -1 : 1));
  }

  /** One file. Throws `not-found`. */
  async open(
    job: JobKey,
    path: string,
    signal: AbortSignal,
  ): Promise<{ stream: Readable; contentType: string; bytes: number | null }> {
    const lock = path === LOCK_PATH ? await this.#store.read("jobLock", job) : null;
    if (lock !== null) {
      return {
        stream: Readable.from([lock]),
        contentType: "text/plain; charset=utf-8",
        bytes: Buffer.byteLength(lock),
      };
    }
    const owner = { workspace: job.workspace, job: job.name };
    const logs = await this.#logs.list(owner);
    if (!logs.some((log) => log.path === path)) {
      return (await this.#outputs.open(job, path)) ?? this.#artifacts.open({ ...job, path });
    }
    const stream = await this.#logs.read(owner, path, { offset: 0, follow: false, signal });
    return { stream, contentType: "text/plain; charset=utf-8", bytes: null };
  }

  /** Many files in the form of {@link FileFrame}s. What is not a small artifact is read one by one. */
  openMany(job: JobKey, paths: readonly string[], signal: AbortSignal): Readable {
    return Readable.from(framesOf(this.#readMany(job, paths, signal)), { objectMode: false });
  }

  async *#readMany(
    job: JobKey,
    paths: readonly string[],
    signal: AbortSignal,
  ): AsyncGenerator<{ path: string; content: Buffer | null }[]> {
    const [logs, placed] = await Promise.all([
      this.#logs.list({ workspace: job.workspace, job: job.name }),
      this.#outputs.folders(job),
    ]);
    const own = new Set([LOCK_PATH, ...logs.map(({ path }) => path)]);
    const isOwn = (path: string) => own.has(path) || placed.some((folder) => path.startsWith(folder));
    let artifacts: string[] = [];
    for (const path of paths) {
      if (!isOwn(path)) {
        artifacts.push(path);
        continue;
      }
      yield* this.#artifacts.readSmall(job, artifacts);
      artifacts = [];
      yield [{ path, content: await this.#readSmall(job, path, signal) }];
    }
    yield* this.#artifacts.readSmall(job, artifacts);
  }

  async #readSmall(job: JobKey, path: string, signal: AbortSignal): Promise<Buffer | null> {
    const opened = await this.open(job, path, signal).catch(() => undefined);
    if (!opened) return null;
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of opened.stream) {
        const part = Buffer.from(chunk as Buffer | string);
        chunks.push(part);
        // Leaving the loop closes the stream.
        if ((bytes += part.length) > batchFileBytes) return null;
      }
    } catch {
      return null;
    }
    return Buffer.concat(chunks);
  }
}
