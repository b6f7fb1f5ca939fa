import { mkdir, open, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { errnoOf } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";
import { LineIndex } from "./lineIndex.ts";

/** Suffix of the line index that lies beside each log. */
export const INDEX_SUFFIX = ".lines";

/**
 * The engine's copy of one growing log. Its size is the offset up to which the target's bytes have been taken over, so
 * an append that comes again changes nothing and one that would leave a gap is refused.
 */
export class LogFile {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #index: LineIndex;
  #bytes: number;

  private constructor(path: string, file: FileHandle, index: LineIndex, bytes: number) {
    this.#path = path;
    this.#file = file;
    this.#index = index;
    this.#bytes = bytes;
  }

  static async open(path: string): Promise<LogFile> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, "a+", 0o600);
    try {
      const { size } = await file.stat();
      return new LogFile(path, file, await LineIndex.open(path + INDEX_SUFFIX, file, size), size);
    } catch (failure) {
      await file.close();
      throw failure;
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  get index(): LineIndex {
    return this.#index;
  }

  /** Takes over `bytes` that begin at `offset` of the log. Calls must not overlap. Returns how many were new. */
  async append(offset: number, bytes: Buffer): Promise<number> {
    if (offset > this.#bytes) throw new Error(`${this.#path} ends at ${this.#bytes}, bytes came for ${offset}`);
    const fresh = bytes.subarray(this.#bytes - offset);
    let written = 0;
    while (written < fresh.length) {
      const part = await this.#write(fresh.subarray(written));
      this.#index.count(fresh.subarray(written, written + part));
      this.#bytes += part;
      written += part;
    }
    await this.#index.save();
    return fresh.length;
  }

  async #write(bytes: Buffer): Promise<number> {
    try {
      return (await this.#file.write(bytes)).bytesWritten;
    } catch (failure) {
      if (errnoOf(failure) !== "ENOSPC") throw failure;
      throw slipwayError("disk-full", `There is no space left for the log ${this.#path}.`, {
        next: "Free some space; the log goes on by itself then.",
        cause: failure,
      });
    }
  }

  async read(buffer: Buffer, length: number, position: number): Promise<number> {
    return (await this.#file.read(buffer, 0, length, position)).bytesRead;
  }

  async sync(): Promise<void> {
    await this.#file.sync();
  }

  async close(): Promise<void> {
    await this.#index.close();
    await this.#file.close();
  }
}
