import { createHash, randomUUID } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { slipwayError } from "#contract/errors.ts";

/** Where a small file's bytes lie. */
export interface PackedAt {
  pack: string;
  offset: number;
  bytes: number;
}

export interface WrittenPack {
  sha256: string;
  bytes: number;
  files: { sha256: string; offset: number; bytes: number }[];
}

/** Files up to this size are packed; larger ones are blobs of their own. */
export const packLimit = 256 * 1024;
const packSize = 32 * 1024 * 1024;

/**
 * Small files of snapshots, many in one file: a tree of 100,000 files costs a few syncs instead of 100,000.
 * A pack is named by its own hash and each file in it is checked against the file's. Synchronous: for workers.
 */
export class PackWriter {
  readonly #root: string;
  readonly #written: WrittenPack[] = [];
  #chunks: Buffer[] = [];
  #files: WrittenPack["files"] = [];
  #bytes = 0;

  constructor(root: string) {
    this.#root = root;
  }

  add(content: Buffer, sha256: string): void {
    if (this.#bytes > 0 && this.#bytes + content.length > packSize) this.#flush();
    this.#files.push({ sha256, offset: this.#bytes, bytes: content.length });
    this.#chunks.push(content);
    this.#bytes += content.length;
  }

  /** Writes what is left; everything that is returned is durable. */
  finish(): WrittenPack[] {
    if (this.#files.length > 0) this.#flush();
    return this.#written;
  }

  #flush(): void {
    const hash = createHash("sha256");
    for (const chunk of this.#chunks) hash.update(chunk);
    const sha256 = hash.digest("hex");
    writeDurably(packPath(this.#root, sha256), this.#chunks);
    this.#written.push({ sha256, bytes: this.#bytes, files: this.#files });
    this.#chunks = [];
    this.#files = [];
    this.#bytes = 0;
  }
}

export function packPath(root: string, sha256: string): string {
  return join(root, sha256.slice(0, 2), sha256);
}

/** The bytes of a packed file. Throws `blob-corrupt`, naming the pack, when they are not what they were. */
export function readPacked(root: string, at: PackedAt, sha256: string): Buffer {
  const path = packPath(root, at.pack);
  const content = Buffer.alloc(at.bytes);
  let read = 0;
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (cause) {
    throw corrupt(path, "is missing", cause);
  }
  try {
    while (read < at.bytes) {
      const count = readSync(file, content, read, at.bytes - read, at.offset + read);
      if (count === 0) break;
      read += count;
    }
  } finally {
    closeSync(file);
  }
  if (read < at.bytes) throw corrupt(path, "is shorter than it was");
  if (createHash("sha256").update(content).digest("hex") !== sha256) throw corrupt(path, "does not match its hash");
  return content;
}

function corrupt(path: string, what: string, cause?: unknown): Error {
  return slipwayError("blob-corrupt", `The stored file ${path} ${what}.`, {
    next: "Restore it from a backup, or submit the code again.",
    details: { path },
    cause,
  });
}

function writeDurably(path: string, chunks: readonly Buffer[]): void {
  const temporary = `${path}.${randomUUID()}.tmp`;
  mkdirSync(dirname(path), { recursive: true });
  try {
    const file = openSync(temporary, "wx", 0o600);
    try {
      for (const chunk of chunks) writeWhole(file, chunk);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (thrown) {
    rmSync(temporary, { force: true });
    if ((thrown as NodeJS.ErrnoException).code !== "ENOSPC") throw thrown;
    throw slipwayError("disk-full", `There is no space left in ${dirname(path)}.`, {
      next: "Free some space; `slipway gc` removes what is no longer needed.",
      cause: thrown,
    });
  }
}

function writeWhole(file: number, chunk: Buffer): void {
  for (let done = 0; done < chunk.length;) done += writeSync(file, chunk, done);
}

function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
