import { createHash } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CodedError } from "#base/errors.ts";
import { batchFileBytes, batchFiles } from "#contract/fileBatch.ts";
import { downloadBatch } from "./downloadBatch.ts";
import { isThere, namedFailure, partOf, placeBelow, wrongHash, type WantedFile } from "./wantedFile.ts";

export interface DownloadOptions {
  /** Absolute. */
  folder: string;
  /** The bytes of a file from its beginning. */
  read: (path: string) => Promise<AsyncIterable<Buffer>>;
  /** One reply with many small files, as `readArtifacts` gives it. */
  readMany: (paths: string[]) => Promise<AsyncIterable<Buffer>>;
  /** Told how many files and bytes are there. */
  onProgress: (files: number, bytes: number) => void;
  /** Ends the download; what is whole stays. The promise rejects with its reason. */
  signal?: AbortSignal;
}

const atOnce = 8;
const batchesAtOnce = 2;
const attempts = 4;

/**
 * Downloads files: small ones many in a reply, others several at once. Each is written beside its place, checked against
 * its hash and moved there. A file that is there already with the right hash is kept. Throws `blob-corrupt` for one that
 * stays wrong, and `path-outside` before anything is written.
 */
export async function downloadFiles(files: readonly WantedFile[], options: DownloadOptions): Promise<void> {
  const sum = { files: 0, bytes: 0 };
  const count = (bytes: number, whole = 0): void => {
    sum.files += whole;
    options.onProgress(sum.files, (sum.bytes += bytes));
  };
  const missing: WantedFile[] = [];
  for (const file of files) {
    options.signal?.throwIfAborted();
    if (await isThere(placeBelow(options.folder, file.place), file)) count(file.bytes, 1);
    else missing.push(file);
  }
  const small = missing.filter(({ bytes }) => bytes <= batchFileBytes);
  const alone = missing.filter(({ bytes }) => bytes > batchFileBytes);
  const made = new Set<string>();
  await inParallel(batchesOf(small), batchesAtOnce, async (batch) => {
    if (batch.length === 1) return void alone.push(...batch);
    alone.push(...(await downloadBatch(batch, { ...options, made, attempts, onFile: (bytes) => count(bytes, 1) })));
  });
  await inParallel(alone, atOnce, async (file) => {
    await downloadOne(file, options, count);
    count(0, 1);
  });
}

function batchesOf(files: readonly WantedFile[]): WantedFile[][] {
  const batches: WantedFile[][] = [];
  for (let at = 0; at < files.length; at += batchFiles) batches.push(files.slice(at, at + batchFiles));
  return batches;
}

/** Works on all items, `width` at a time. After a failure the others end with the item they are at. */
async function inParallel<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  const workers = Array.from({ length: Math.min(width, items.length) }, worker);
  try {
    await Promise.all(workers);
  } catch (failure) {
    waiting.length = 0;
    await Promise.allSettled(workers);
    throw failure;
  }
}

async function downloadOne(
  file: WantedFile,
  options: DownloadOptions,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const target = placeBelow(options.folder, file.place);
  await mkdir(dirname(target), { recursive: true });
  for (let attempt = 1; ; attempt++) {
    options.signal?.throwIfAborted();
    let counted = 0;
    try {
      return await writeWhole(file, target, options, (bytes) => {
        counted += bytes;
        onBytes(bytes);
      });
    } catch (thrown) {
      options.signal?.throwIfAborted();
      onBytes(-counted);
      const final = thrown instanceof CodedError && thrown.code !== "unavailable";
      if (final || attempt === attempts) throw namedFailure(file.path, thrown);
      // The connection broke, as when the engine restarts: the file begins again.
      await delay(100 * 2 ** attempt);
    }
  }
}

async function writeWhole(
  file: WantedFile,
  target: string,
  options: DownloadOptions,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const part = partOf(target);
  const hash = createHash("sha256");
  const output = await open(part, "w");
  try {
    try {
      for await (const chunk of await options.read(file.path)) {
        hash.update(chunk);
        await output.appendFile(chunk);
        onBytes(chunk.length);
      }
    } finally {
      await output.close();
    }
    if (file.sha256 !== null && hash.digest("hex") !== file.sha256) throw wrongHash(file.path);
    await rename(part, target);
  } catch (thrown) {
    await rm(part, { force: true });
    throw thrown;
  }
}
