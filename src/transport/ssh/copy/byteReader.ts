import type { Readable } from "node:stream";

/** No line of a transfer comes near this. */
const MOST_LINE = 1024 * 1024;

/** Reads lines and runs of bytes off a stream, in turns. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    this.#chunks = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  /** The next line without its end; undefined at the end of the stream. Throws for a line that does not end. */
  async line(): Promise<string | undefined> {
    for (let from = 0; ;) {
      const end = this.#held.indexOf(10, from);
      if (end >= 0) {
        const line = this.#held.toString("utf8", 0, end);
        this.#held = this.#held.subarray(end + 1);
        return line;
      }
      if (this.#held.length > MOST_LINE) throw new Error("a line without an end");
      from = this.#held.length;
      if (!(await this.#more())) return undefined;
    }
  }

  /** `size` bytes in pieces; fewer when the stream ends before. */
  async *bytes(size: number): AsyncGenerator<Buffer> {
    let left = size;
    while (left > 0) {
      if (this.#held.length === 0 && !(await this.#more())) return;
      const part = this.#held.subarray(0, left);
      this.#held = this.#held.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#chunks.next();
    if (done === true) return false;
    this.#held = this.#held.length === 0 ? value : Buffer.concat([this.#held, value]);
    return true;
  }
}
