import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { slipwayError } from "#contract/errors.ts";
import type { Blobs } from "../store/blobs.ts";
import { readPacked, type PackedAt } from "../store/packs.ts";

/** A file of a run, and where its bytes lie: in a pack with other small ones, or as a blob of its own. */
export interface StoredFile {
  path: string;
  sha256: string;
  bytes: number;
  packed: PackedAt | null;
}

/** Reads stored files, whichever way they are kept. A damaged one is named, never handed out as good. */
export class StoredFiles {
  readonly #blobs: Blobs;
  readonly #packs: string;

  constructor(options: { blobs: Blobs; packs: string }) {
    this.#blobs = options.blobs;
    this.#packs = options.packs;
  }

  /** The bytes, checked against their hash. One of another size throws `blob-corrupt`; else a damaged one fails at its end. */
  async open(file: StoredFile): Promise<Readable> {
    const place = await this.place(file);
    return Buffer.isBuffer(place) ? Readable.from([place]) : this.#blobs.open(file.sha256);
  }

  /** The bytes of a packed file, or the path of a blob that has its right size. Throws `blob-corrupt`. */
  async place(file: StoredFile): Promise<Buffer | { file: string }> {
    if (file.packed) return readPacked(this.#packs, file.packed, file.sha256);
    const path = this.#blobs.path(file.sha256);
    const size = await stat(path).then(
      (found) => found.size,
      () => -1,
    );
    if (size === file.bytes) return { file: path };
    throw slipwayError("blob-corrupt", `The stored file ${path} ${size < 0 ? "is missing" : "is not whole"}.`, {
      next: "Restore it from a backup, or run the job again.",
      details: { path },
    });
  }
}
