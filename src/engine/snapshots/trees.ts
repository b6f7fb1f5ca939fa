import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { Clock } from "#base/clock.ts";
import { CodedError } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";
import type { FileCount } from "#engine/core/progress.ts";
import type { Blobs } from "#engine/store/blobs.ts";
import { packLimit, packPath, readPacked, type PackedAt } from "#engine/store/packs.ts";
import type { Store } from "#engine/store/store.ts";
import type { Transport } from "#transport/transport.ts";
import type { FileWorkers } from "./fileTasks.ts";
import type { LaidFile } from "./layOut.ts";
import { Gate } from "./gate.ts";
import { manifestText, parseManifest, type TreeFile } from "./manifest.ts";
import type { ScannedFile } from "./scan.ts";

export interface TreesOptions {
  store: Store;
  blobs: Blobs;
  workers: FileWorkers;
  clock: Clock;
  /** Folder of the packs: `SLIPWAY_HOME/packs`. */
  packs: string;
  /** Folder for what is in the making. */
  temporary: string;
}

export interface FrozenTree {
  /** sha-256 over the manifest: the same files under the same names are the same tree. */
  digest: string;
  files: number;
  bytes: number;
}

/** Told how far a freeze or a laying out has come. */
export type OnFiles = (count: FileCount) => void;

/** Folders of files kept by content: code snapshots, data and models. Nothing that is frozen ever changes. */
export class Trees {
  readonly #options: TreesOptions;
  readonly #gate = new Gate();
  /** Files of the store that were found damaged: what a freeze has the bytes of is written anew. */
  readonly #damaged = new Set<string>();

  constructor(options: TreesOptions) {
    this.#options = options;
  }

  /**
   * Makes a tree of files durable. The files are read now: what was scanned may have changed, and what is kept is what
   * was read. Files that the store has already are not read again. Throws `file-not-found` and `disk-full`.
   */
  freeze(scanned: readonly ScannedFile[], onProgress?: OnFiles): Promise<FrozenTree> {
    return this.#gate.shared(() => this.#freeze(scanned, onProgress));
  }

  async #freeze(scanned: readonly ScannedFile[], onProgress?: OnFiles): Promise<FrozenTree> {
    const known = scanned.every(({ sha256 }) => sha256 !== null);
    if (known) {
      const files = scanned.map(treeFile);
      const same = await this.#reuse(files);
      if (same) return same;
    }
    return this.#add(await this.#read(scanned, onProgress));
  }

  /** Makes a tree of files whose bytes are blobs already (what a job left). Their rows must not be collected meanwhile. */
  adopt(files: TreeFile[]): Promise<FrozenTree> {
    return this.#gate.shared(() => this.#add(files));
  }

  /** Runs while nothing is being frozen: for the collection of what no tree needs. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.#gate.exclusive(work);
  }

  /** The files of a tree. Throws `not-found` for a digest that was never frozen, or was collected. */
  async files(digest: string): Promise<TreeFile[]> {
    const { store, blobs } = this.#options;
    if (!(await store.read("tree", { digest }))) {
      throw slipwayError("not-found", `There is no snapshot ${digest}.`);
    }
    return parseManifest((await buffer(await blobs.open(digest))).toString("utf8"));
  }

  /** Paths of a tree's files that are no longer in the store. Throws as {@link files}. */
  async missing(digest: string): Promise<string[]> {
    const { blobs, packs } = this.#options;
    const files = await this.files(digest);
    const places = await this.#locate(files);
    const kept = new Map(
      [...new Set(places.flatMap((at) => at?.pack ?? []))].map((pack) => [pack, existsSync(packPath(packs, pack))]),
    );
    const there = places.map((at, index) =>
      at ? (kept.get(at.pack) ?? false) : blobs.has(files[index]?.sha256 ?? ""),
    );
    return files.filter((_, index) => !there[index]).map(({ path }) => path);
  }

  /** One file's bytes; the stream fails when they no longer match their hash. */
  async open(digest: string, path: string): Promise<Readable> {
    const file = (await this.files(digest)).find((candidate) => candidate.path === path);
    if (!file) throw slipwayError("not-found", `The snapshot has no file ${JSON.stringify(path)}.`);
    const [at] = await this.#locate([file]);
    if (!at) return this.#options.blobs.open(file.sha256);
    return Readable.from([readPacked(this.#options.packs, at, file.sha256)]);
  }

  /**
   * Makes the files of a tree in `to`, an empty or absent folder on the target, each checked against its hash.
   * Throws `blob-corrupt`, `disk-full`, and `conflict` when `to` is not empty.
   */
  async materialize(options: {
    digest: string;
    to: string;
    transport: Transport;
    /** Nobody may write the files (root may all the same). */
    readOnly?: boolean;
    onProgress?: OnFiles | undefined;
  }): Promise<{ files: number; bytes: number }> {
    const files = await this.files(options.digest);
    const request = { packs: this.#options.packs, files: await this.#laid(files), readOnly: options.readOnly ?? false };
    const { workers, temporary } = this.#options;
    const total = { totalFiles: files.length, totalBytes: totalBytes(files) };
    const onFile = (done: number, bytes: number) => options.onProgress?.({ files: done, bytes, ...total });
    const layOut = (to: string) =>
      workers.run("layOut", { ...request, to }, onFile).catch((thrown) => this.#noteDamage(thrown));
    if (options.transport.sharesFiles) {
      const { bytes } = await layOut(options.to);
      return { files: files.length, bytes };
    }
    const staged = join(temporary, `tree-${randomUUID()}`);
    await mkdir(temporary, { recursive: true });
    try {
      const { bytes } = await layOut(staged);
      await options.transport.put(staged, options.to);
      return { files: files.length, bytes };
    } finally {
      await rm(staged, { recursive: true, force: true });
    }
  }

  async #laid(files: readonly TreeFile[]): Promise<LaidFile[]> {
    const places = await this.#locate(files);
    return files.map(({ path, executable, sha256 }, index) => ({
      path,
      executable,
      sha256,
      at: places[index] ?? { blob: this.#options.blobs.path(sha256) },
    }));
  }

  #noteDamage(thrown: unknown): never {
    const path = thrown instanceof CodedError && thrown.code === "blob-corrupt" ? thrown.details["path"] : undefined;
    if (typeof path === "string") this.#damaged.add(path);
    throw thrown;
  }

  /** Where files lie that need not be written again. */
  async #sound(files: readonly { sha256: string }[]): Promise<boolean[]> {
    const { blobs, packs } = this.#options;
    const places = await this.#locate(files);
    return Promise.all(
      places.map(async (at, index) => {
        if (at) return !this.#damaged.has(packPath(packs, at.pack));
        const { sha256 } = files[index] as { sha256: string };
        if (!this.#damaged.delete(blobs.path(sha256))) return blobs.has(sha256);
        await blobs.remove(sha256);
        return false;
      }),
    );
  }

  #locate(files: readonly { sha256: string }[]): Promise<(PackedAt | null)[]> {
    if (files.length === 0) return Promise.resolve([]);
    return this.#options.store.read("locatePacked", {
      hashes: Buffer.from(files.map(({ sha256 }) => sha256).join(""), "hex"),
    });
  }

  /** The tree, when all of it is in the store already. */
  async #reuse(files: readonly TreeFile[]): Promise<FrozenTree | undefined> {
    const { store, blobs, clock } = this.#options;
    const digest = digestOf(files);
    if (!(await store.write("touchTree", { digest, now: clock.now() }))) return undefined;
    if (!(await blobs.has(digest))) return undefined;
    if (!(await this.#sound(files)).every(Boolean)) return undefined;
    return { digest, files: files.length, bytes: totalBytes(files) };
  }

  async #read(scanned: readonly ScannedFile[], onProgress?: OnFiles): Promise<TreeFile[]> {
    const small = scanned.filter(({ bytes }) => bytes <= packLimit);
    const large = scanned.filter(({ bytes }) => bytes > packLimit);
    const totals = { totalFiles: scanned.length, totalBytes: totalBytes(scanned) };
    const known = totalBytes(small);
    const files = await this.#pack(small, (packed) =>
      onProgress?.({ files: packed.files, bytes: Math.min(packed.bytes, known), ...totals }),
    );
    let bytes = totalBytes(files);
    onProgress?.({ files: files.length, bytes, ...totals });
    for (const file of large) {
      const stored = await this.#store(file, (read) =>
        onProgress?.({ files: files.length, bytes: bytes + Math.min(read, file.bytes), ...totals }),
      );
      files.push(stored);
      bytes += stored.bytes;
      onProgress?.({ files: files.length, bytes, ...totals });
    }
    return files;
  }

  async #pack(
    small: readonly ScannedFile[],
    onPacked: (done: { files: number; bytes: number }) => void,
  ): Promise<TreeFile[]> {
    const { store, workers, packs, clock } = this.#options;
    const hashed = small.flatMap(({ sha256 }) => (sha256 === null ? [] : [{ sha256 }]));
    const sound = await this.#sound(hashed);
    const known = new Set(hashed.filter((_, index) => sound[index]).map(({ sha256 }) => sha256));
    const isKnown = (file: ScannedFile) => file.sha256 !== null && known.has(file.sha256);
    const fresh = small.filter((file) => !isKnown(file));
    if (fresh.length === 0) return small.map(treeFile);
    // What is in the store already counts as done.
    const before = { files: small.length - fresh.length, bytes: totalBytes(small) - totalBytes(fresh) };
    const answer = await workers.run(
      "packFiles",
      { root: packs, sources: fresh.map(({ source }) => source), known: [...known] },
      (done, bytes) => onPacked({ files: before.files + done, bytes: before.bytes + bytes }),
    );
    if (answer.packs.length > 0) await store.write("addPacks", { packs: answer.packs, now: clock.now() });
    for (const pack of answer.packs) this.#damaged.delete(packPath(packs, pack.sha256));
    const read = new Map(fresh.map((file, index) => [file.path, answer.contents[index]]));
    return small.map((file) => ({ ...treeFile(file), ...read.get(file.path) }));
  }

  async #store(file: ScannedFile, onBytes: (bytes: number) => void): Promise<TreeFile> {
    const { blobs } = this.#options;
    if (file.sha256 !== null && (await blobs.has(file.sha256))) return treeFile(file);
    const blob = await blobs.putFile(file.source, onBytes);
    return { ...treeFile(file), sha256: blob.sha256, bytes: blob.bytes };
  }

  async #add(files: TreeFile[]): Promise<FrozenTree> {
    const { store, blobs, clock } = this.#options;
    const { sha256: digest } = await blobs.put(Buffer.from(manifestText(files)));
    const frozen = { digest, files: files.length, bytes: totalBytes(files) };
    await store.write("addTree", { ...frozen, now: clock.now() });
    return frozen;
  }
}

function treeFile(file: ScannedFile): TreeFile {
  return { path: file.path, executable: file.executable, bytes: file.bytes, sha256: file.sha256 ?? "" };
}

function totalBytes(files: readonly { bytes: number }[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

function digestOf(files: readonly TreeFile[]): string {
  return createHash("sha256").update(manifestText(files)).digest("hex");
}
