import type { Readable } from "node:stream";

/** One message of a link: a JSON header and as many bytes as its `len` says. */
export interface Frame {
  header: FrameHeader;
  payload: Buffer;
}

export interface FrameHeader {
  t: string;
  dir?: string;
  len?: number;
  [field: string]: unknown;
}

/** No header of ours comes near this; more means that the stream is not a link's. */
const MAX_HEADER_BYTES = 4 * 1024 * 1024;
const MAX_PAYLOAD_BYTES = 256 * 1024 * 1024;

/** Cuts a link's output into frames. Throws when the bytes are not frames; a stream that ends inside one just ends. */
export async function* readFrames(stream: Readable): AsyncGenerator<Frame> {
  const bytes = new ByteQueue();
  let header: FrameHeader | undefined;
  let wanted = 4;
  let reading: "length" | "header" | "payload" = "length";
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes.push(chunk);
    while (bytes.length >= wanted) {
      const part = bytes.take(wanted);
      if (reading === "length") {
        wanted = part.readUInt32BE(0);
        if (wanted === 0 || wanted > MAX_HEADER_BYTES) throw new Error(`a frame header of ${wanted} bytes`);
        reading = "header";
      } else if (reading === "header") {
        header = JSON.parse(part.toString("utf8")) as FrameHeader;
        wanted = header.len ?? 0;
        if (!(Number.isSafeInteger(wanted) && wanted >= 0 && wanted <= MAX_PAYLOAD_BYTES))
          throw new Error(`a frame of ${wanted} bytes`);
        reading = "payload";
      } else {
        yield { header: header as FrameHeader, payload: part };
        reading = "length";
        wanted = 4;
      }
    }
  }
}

/** Chunks as they came, taken out in other sizes; copies only where a part spans chunks. */
class ByteQueue {
  length = 0;
  #chunks: Buffer[] = [];

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.length += chunk.length;
  }

  take(count: number): Buffer {
    this.length -= count;
    const first = this.#chunks[0];
    if (first !== undefined && first.length > count) {
      this.#chunks[0] = first.subarray(count);
      return first.subarray(0, count);
    }
    const parts: Buffer[] = [];
    let missing = count;
    while (missing > 0) {
      const chunk = this.#chunks[0] as Buffer;
      if (chunk.length <= missing) {
        parts.push(chunk);
        this.#chunks.shift();
        missing -= chunk.length;
      } else {
        parts.push(chunk.subarray(0, missing));
        this.#chunks[0] = chunk.subarray(missing);
        missing = 0;
      }
    }
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, count);
  }
}
