import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CodedError, messageOf } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";

export interface WantedFile {
  /** As the engine names it. */
  path: string;
  /** Where it goes, relative to the folder. */
  place: string;
  bytes: number;
  sha256: string | null;
}

export interface DownloadOptions {
  folder: string;
  /** The bytes of a file from its beginning. */
  read: (path: string) => Promise<AsyncIterable<Buffer>>;
  /** Told how many files and bytes are there. */
  onProgress: (files: number, bytes: number) => void;
}

const atOnce = 8;
const attempts = 4;

/**
 * Downloads files, several at once. Each is written beside its place, checked against its hash and moved
 * there. A file that is there already with the right hash is kept. Throws `blob-corrupt` for one that stays wrong.
 */
export async function downloadFiles(files: readonly WantedFile[], options: DownloadOptions): Promise<void> {
  const waiting = [...files];
  const sum = { files: 0, bytes: 0 };
  const work = async (): Promise<void> => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      await downloadOne(file, options, (bytes) => options.onProgress(sum.files, (sum.bytes += bytes)));
      options.onProgress(++sum.files, sum.bytes);
    }
  };
  const workers = Array.from({ length: Math.min(atOnce, files.length) }, work);
  try {
    await Promise.all(workers);
  } catch (failure) {
    // The others end with the file they are at.
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
  if (await isThere(target, file)) return onBytes(file.bytes);
  await mkdir(dirname(target), { recursive: true });
  for (let attempt = 1; ; attempt++) {
    let counted = 0;
    try {
      return await writeWhole(file, target, options, (bytes) => {
        counted += bytes;
        onBytes(bytes);
      });
    } catch (thrown) {
      onBytes(-counted);
      const final = thrown instanceof CodedError && thrown.code !== "unavailable";
      if (final || attempt === attempts) throw named(file.path, thrown);
      // The connection broke, as when the engine restarts: the file begins again.
      await delay(100 * 2 ** attempt);
    }
  }
}

/** The failure of one of many files says which. */
function named(path: string, thrown: unknown): Error {
  const words = messageOf(thrown);
  if (words.includes(path)) return thrown as Error;
  if (thrown instanceof CodedError) return new CodedError({ ...thrown, message: `${path}: ${words}`, cause: thrown });
  return slipwayError("unavailable", `${path} could not be downloaded: the connection broke off (${words}).`, {
    next: "Try again: what is there already is kept. `slipway engine logs` says more.",
    cause: thrown,
  });
}

async function writeWhole(
  file: WantedFile,
  target: string,
  options: DownloadOptions,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const part = join(dirname(target), `.${basename(target).slice(0, 100)}.${process.pid}.part`);
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
    if (file.sha256 !== null && hash.digest("hex") !== file.sha256) {
      throw slipwayError("blob-corrupt", `${file.path} does not match its hash after the download.`, {
        next: "Try again; if it stays, the engine's stored file is damaged.",
      });
    }
    await rename(part, target);
  } catch (thrown) {
    await rm(part, { force: true });
    throw thrown;
  }
}

/** A name that the engine gives never leads out of the folder. */
function placeBelow(folder: string, place: string): string {
  const target = join(folder, place);
  const inside = target.startsWith(folder.endsWith(sep) ? folder : folder + sep);
  if (inside && !place.split("/").includes("..") && !place.includes("\0")) return target;
  throw slipwayError("path-outside", `The job's file '${place}' would lie outside ${folder}.`);
}

async function isThere(target: string, file: WantedFile): Promise<boolean> {
  const found = await stat(target).catch(() => undefined);
  if (!found?.isFile() || found.size !== file.bytes || file.sha256 === null) return false;
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(target)) hash.update(chunk as Buffer);
  return hash.digest("hex") === file.sha256;
}
