import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream, rmSync, statSync } from "node:fs";
import { access, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { systemClock, type Clock } from "#base/clock.ts";
import { errnoOf, messageOf } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";
import { streamPlainFile } from "./plainFile.ts";
import { storeFault } from "./storeFault.ts";

export interface Blob {
  /** Lower-case hexadecimal. */
  sha256: string;
  bytes: number;
}

/** A blob is left alone this long after it was put or asked for (ms): its row may still be on its way. */
const wantedFor = 60 * 60 * 1000;

/**
 * Content-addressed files. A blob is written beside its place, synced and renamed: it is there whole or not at all.
 * Reading checks the hash, so that a truncated or flipped file is named, never handed out as good.
 */
export class Blobs {
  readonly #root: string;
  readonly #clock: Clock;
  /** Blobs that somebody put or asked for, and may be about to name in a row: hash → when. */
  readonly #wanted = new Map<string, number>();

  constructor(options: { root: string; clock?: Clock }) {
    this.#root = options.root;
    this.#clock = options.clock ?? systemClock;
  }

  /** Where a blob lies. Its folder may not exist yet. */
  path(sha256: string): string {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw slipwayError("invalid-request", `Not a sha-256: ${sha256.slice(0, 80)}`);
    return join(this.#root, sha256.slice(0, 2), sha256);
  }

  async put(source: Readable | Buffer): Promise<Blob> {
    const temporary = join(this.#root, "incoming", randomUUID());
    await mkdir(dirname(temporary), { recursive: true });
    const hash = createHash("sha256");
    let bytes = 0;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        bytes += chunk.length;
        done(null, chunk);
      },
    });
    try {
      const from = Buffer.isBuffer(source) ? Readable.from(source.length > 0 ? [source] : []) : source;
      await pipeline(from, meter, createWriteStream(temporary, { mode: 0o600, flush: true }));
      const sha256 = hash.digest("hex");
      await this.#settle(temporary, sha256, bytes);
      return { sha256, bytes };
    } catch (thrown) {
      await rm(temporary, { force: true });
      if (errnoOf(thrown) === "ENOSPC") {
        throw slipwayError("disk-full", `There is no space left in ${this.#root}.`, {
          next: "Free some space; `slipway gc` removes what is no longer needed.",
          cause: thrown,
        });
      }
      throw storeFault(errnoOf(thrown), messageOf(thrown)) ?? thrown;
    }
  }

  /** Takes the bytes of a regular file; `path` is a resolved one. `onBytes` is told how many were read so far. */
  async putFile(path: string, onBytes?: (bytes: number) => void): Promise<Blob> {
    const source = streamPlainFile(path);
    return this.put(onBytes ? Readable.from(counted(source, onBytes)) : source);
  }

  async has(sha256: string): Promise<boolean> {
    this.#want(sha256);
    return access(this.path(sha256)).then(
      () => true,
      () => false,
    );
  }

  /**
   * The bytes of a blob. The stream fails with `blob-corrupt` at its end when they do not match the hash; its last piece
   * is held back until then, so that nobody who counts bytes takes a damaged file for whole.
   */
  async open(sha256: string): Promise<Readable> {
    const path = this.path(sha256);
    if (!(await this.has(sha256)))
      throw slipwayError("blob-corrupt", `The stored file ${path} is missing.`, {
        next: "Restore it from a backup, or run the job again.",
      });
    const hash = createHash("sha256");
    let last: Buffer | undefined;
    const check = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        const whole = last;
        last = chunk;
        done(null, whole);
      },
      flush(done) {
        if (hash.digest("hex") === sha256) done(null, last);
        else
          done(
            slipwayError("blob-corrupt", `The stored file ${path} does not match its hash.`, {
              next: "Restore it from a backup, or run the job again.",
              details: { path },
            }),
          );
      },
    });
    const file = createReadStream(path);
    file.on("error", (error) => check.destroy(error));
    check.on("close", () => file.destroy());
    return file.pipe(check);
  }

  async sizeOf(sha256: string): Promise<number> {
    return (await stat(this.path(sha256))).size;
  }

  /** Takes away a damaged blob, so that it can be put again. */
  async remove(sha256: string): Promise<void> {
    await rm(this.path(sha256), { force: true });
  }

  /** Every blob's hash, in no order. */
  async *list(): AsyncGenerator<string> {
    for (const folder of await readdir(this.#root).catch(() => [])) {
      if (!/^[0-9a-f]{2}$/.test(folder)) continue;
      for (const name of await readdir(join(this.#root, folder))) if (/^[0-9a-f]{64}$/.test(name)) yield name;
    }
  }

  /**
   * Removes a blob that no row names and gives back its bytes; 0 when somebody has put it or asked for it a short while
   * ago. One synchronous step, so that a `put` of the same content either stops it or writes the blob anew.
   */
  collect(sha256: string, options: { dryRun: boolean }): number {
    if ((this.#wanted.get(sha256) ?? 0) > this.#clock.now() - wantedFor) return 0;
    const path = this.path(sha256);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats || stats.mtimeMs > this.#clock.now() - wantedFor) return 0;
    if (!options.dryRun) rmSync(path, { force: true });
    return stats.size;
  }

  #want(sha256: string): void {
    const now = this.#clock.now();
    if (this.#wanted.size > 10_000) {
      for (const [known, at] of this.#wanted) if (at < now - wantedFor) this.#wanted.delete(known);
    }
    this.#wanted.set(sha256, now);
  }

  async #settle(temporary: string, sha256: string, bytes: number): Promise<void> {
    const path = this.path(sha256);
    this.#want(sha256);
    const there = await stat(path).catch(() => undefined);
    // A blob that is there with the right size is the same content; one with another size was damaged and is replaced.
    if (there?.size === bytes) return rm(temporary, { force: true });
    await mkdir(dirname(path), { recursive: true });
    await rename(temporary, path);
    await syncFolder(dirname(path));
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function* counted(source: AsyncIterable<Buffer>, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of source) {
    onBytes((bytes += chunk.length));
    yield chunk;
  }
}
