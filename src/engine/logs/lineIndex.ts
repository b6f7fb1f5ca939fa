import { open, type FileHandle } from "node:fs/promises";

/** One entry of the index for this many bytes of log. */
export const STRIDE = 64 * 1024;
const ENTRY_BYTES = 8;
const LINE_FEED = 10;

/**
 * How many line ends a log has up to each multiple of {@link STRIDE}, in a small file beside the log, so that the line
 * number of any offset is found by reading one stride. It can be rebuilt from the log at any time.
 */
export class LineIndex {
  readonly #file: FileHandle;
  /** Entry N: line ends in the first (N + 1) × STRIDE bytes. */
  #entries: number[] = [];
  /** Bytes and line ends counted so far. */
  #bytes = 0;
  #lines = 0;
  #saved = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Opens the index at `path` and brings it up to the log's size. */
  static async open(path: string, log: FileHandle, logBytes: number): Promise<LineIndex> {
    const index = new LineIndex(await open(path, "a+", 0o600));
    try {
      await index.#load(logBytes);
      const buffer = Buffer.allocUnsafe(STRIDE * 4);
      while (index.#bytes < logBytes) {
        const { bytesRead } = await log.read(buffer, 0, Math.min(buffer.length, logBytes - index.#bytes), index.#bytes);
        if (bytesRead === 0) break;
        index.count(buffer.subarray(0, bytesRead));
      }
      await index.save();
    } catch (failure) {
      await index.close();
      throw failure;
    }
    return index;
  }

  /** Takes in the bytes that follow those counted so far. */
  count(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      const end = Math.min(bytes.length, at + STRIDE - (this.#bytes % STRIDE));
      this.#lines += lineEnds(bytes, at, end);
      this.#bytes += end - at;
      at = end;
      if (this.#bytes % STRIDE === 0) this.#entries.push(this.#lines);
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The nearest known point at or before `offset`: where it is and how many line ends come before it. */
  before(offset: number): { offset: number; lines: number } {
    const entry = Math.min(Math.floor(offset / STRIDE), this.#entries.length);
    return { offset: entry * STRIDE, lines: entry === 0 ? 0 : (this.#entries[entry - 1] as number) };
  }

  async save(): Promise<void> {
    const fresh = this.#entries.slice(this.#saved);
    if (fresh.length === 0) return;
    const buffer = Buffer.allocUnsafe(fresh.length * ENTRY_BYTES);
    fresh.forEach((lines, at) => buffer.writeBigUInt64LE(BigInt(lines), at * ENTRY_BYTES));
    this.#saved += fresh.length;
    await this.#file.write(buffer);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** A file that claims more than the log holds, or is cut inside an entry, is kept only as far as it is good. */
  async #load(logBytes: number): Promise<void> {
    const { size } = await this.#file.stat();
    const count = Math.min(Math.floor(size / ENTRY_BYTES), Math.floor(logBytes / STRIDE));
    const buffer = Buffer.alloc(count * ENTRY_BYTES);
    await this.#file.read(buffer, 0, buffer.length, 0);
    for (let at = 0; at < count; at++) this.#entries.push(Number(buffer.readBigUInt64LE(at * ENTRY_BYTES)));
    if (size !== buffer.length) await this.#file.truncate(buffer.length);
    this.#saved = count;
    this.#bytes = count * STRIDE;
    this.#lines = this.#entries.at(-1) ?? 0;
  }
}

/** Line ends in `bytes[from, to)`. */
export function lineEnds(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) if (bytes[at] === LINE_FEED) count++;
  return count;
}
