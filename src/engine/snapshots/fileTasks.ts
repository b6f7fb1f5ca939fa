import { Worker } from "node:worker_threads";
import type { Disposable } from "#base/disposable.ts";
import { CodedError } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";
import { storeFault } from "../store/storeFault.ts";
import type { DigestRequest } from "./digestPath.ts";
import type { LayOutRequest } from "./layOut.ts";
import type { OnFile } from "./onFile.ts";
import type { PackAnswer, PackRequest } from "./packFiles.ts";
import type { ReadAnswer, ReadRequest } from "./readStored.ts";
import type { ScanAnswer, ScanRequest } from "./scan.ts";

/** What the file workers can do. */
export interface FileTasks {
  scanFolder(request: ScanRequest): ScanAnswer;
  packFiles(request: PackRequest, onFile?: OnFile): PackAnswer;
  readStored(request: ReadRequest): ReadAnswer;
  layOut(request: LayOutRequest, onFile?: OnFile): { bytes: number };
  /** A text that changes when any file below a folder does, by size, time and inode. */
  stampFolder(request: { folder: string }): string;
  digestPath(request: DigestRequest): { digest: string; bytes: number } | null;
}

export interface FileCall {
  id: number;
  task: keyof FileTasks;
  request: unknown;
}

/** A failure as it goes from one thread to the other. */
interface FileFault {
  coded: boolean;
  code: string;
  status: number;
  message: string;
  next: string;
  details: Record<string, unknown>;
}

export type FileAnswer =
  | { id: number; done: { files: number; bytes: number } }
  | { id: number; done?: never; value: unknown; error?: never }
  | {
      id: number;
      done?: never;
      value?: never;
      error: FileFault;
    };

interface Waiter {
  resolve(value: unknown): void;
  reject(error: Error): void;
  onFile: OnFile | undefined;
}

/** The script lies beside this module as source, and under `snapshots/` beside the bundle. */
const script = import.meta.url.endsWith(".ts")
  ? new URL("./fileWorker.ts", import.meta.url)
  : new URL("./snapshots/fileWorker.js", import.meta.url);

/** Two threads, started at the first use: one long scan does not hold up a short one. */
const threads = 2;

/** Runs file tasks in worker threads. */
export class FileWorkers implements Disposable {
  readonly #workers: FileThread[] = [];
  #closed = false;

  /** `onFile` is told now and then; only tasks that count files do. */
  run<K extends keyof FileTasks>(
    task: K,
    request: Parameters<FileTasks[K]>[0],
    onFile?: OnFile,
  ): Promise<ReturnType<FileTasks[K]>> {
    if (this.#closed) return Promise.reject(slipwayError("unavailable", "The engine is stopping."));
    const idle = this.#workers.find((worker) => worker.load === 0);
    const worker = idle ?? (this.#workers.length < threads ? this.#start() : this.#leastLoaded());
    return worker.call(task, request, onFile) as Promise<ReturnType<FileTasks[K]>>;
  }

  async dispose(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#workers.map((worker) => worker.stop()));
  }

  #start(): FileThread {
    const worker = new FileThread(() => {
      const at = this.#workers.indexOf(worker);
      if (at >= 0) this.#workers.splice(at, 1);
    });
    this.#workers.push(worker);
    return worker;
  }

  #leastLoaded(): FileThread {
    return this.#workers.reduce((least, candidate) => (candidate.load < least.load ? candidate : least));
  }
}

/** One thread. When it dies, what it was doing fails and the next call starts another. */
class FileThread {
  readonly #worker = new Worker(script);
  readonly #waiting = new Map<number, Waiter>();
  #nextId = 1;

  constructor(onGone: () => void) {
    this.#worker.unref();
    this.#worker.on("message", (answer: FileAnswer) => this.#settle(answer));
    this.#worker.on("error", (fault) => this.#fail(fault));
    this.#worker.on("exit", () => {
      this.#fail(slipwayError("unavailable", "A file worker has ended."));
      onGone();
    });
  }

  get load(): number {
    return this.#waiting.size;
  }

  call(task: keyof FileTasks, request: unknown, onFile: OnFile | undefined): Promise<unknown> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, onFile });
      // Referenced while it works, so that a command that waits for it does not end.
      this.#worker.ref();
      this.#worker.postMessage({ id, task, request } satisfies FileCall);
    });
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(answer: FileAnswer): void {
    const waiter = this.#waiting.get(answer.id);
    if (answer.done) return waiter?.onFile?.(answer.done.files, answer.done.bytes);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (!answer.error) waiter?.resolve(answer.value);
    else waiter?.reject(toError(answer.error));
  }

  #fail(fault: unknown): void {
    const error = fault instanceof Error ? fault : new Error(String(fault));
    for (const waiter of this.#waiting.values()) waiter.reject(error);
    this.#waiting.clear();
  }
}

function toError(plain: FileFault): Error {
  if (plain.coded) return new CodedError(plain);
  if (plain.code === "ENOSPC") {
    return slipwayError("disk-full", plain.message, {
      next: "Free some space; `slipway gc` removes what is no longer needed.",
    });
  }
  if (["ENOENT", "EACCES", "ELOOP"].includes(plain.code)) return slipwayError("file-not-found", plain.message);
  return storeFault(plain.code, plain.message) ?? slipwayError("internal", plain.message);
}
