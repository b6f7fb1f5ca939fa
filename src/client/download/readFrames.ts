import { batchFileBytes, type FileFrame } from "#contract/fileBatch.ts";
import { slipwayError } from "#contract/errors.ts";

/** Longer than the line of any path that a file system takes. */
const longestLine = 64 * 1024;

/**
 * Takes a reply of many files apart. What comes must be the files that were asked for, in their order: the engine's
 * words decide nothing but a size. Throws `internal` for anything else; a reply that ends early ends the loop early.
 */
export async function* readFrames(
  body: AsyncIterable<Buffer>,
  paths: readonly string[],
): AsyncGenerator<{ path: string; content: Buffer | null }> {
  const source = new Pieces(body);
  for (const path of paths) {
    const line = await source.line();
    if (line === undefined) return;
    const { bytes } = frameFor(path, line);
    const content = bytes === null ? null : await source.take(bytes);
    if (content === undefined) return;
    yield { path, content };
  }
}

function frameFor(path: string, line: string): FileFrame {
  let frame: Partial<FileFrame>;
  try {
    frame = JSON.parse(line) as Partial<FileFrame>;
  } catch {
    throw notUnderstood(path);
  }
  const { bytes } = frame;
  if (frame.path !== path || bytes === undefined) throw notUnderstood(path);
  if (bytes !== null && !(Number.isInteger(bytes) && bytes >= 0 && bytes <= batchFileBytes)) throw notUnderstood(path);
  return { path, bytes };
}

function notUnderstood(path: string): Error {
  return slipwayError("internal", `The engine's reply for ${path} is not understood.`, {
    next: "`slipway engine status` shows whether engine and client are of one build.",
  });
}

/** A body as lines and runs of bytes. */
class Pieces {
  readonly #pieces: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(body: AsyncIterable<Buffer>) {
    this.#pieces = body[Symbol.asyncIterator]();
  }

  /** Up to the next line end, without it; undefined at the end. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#rest.indexOf(10);
      if (end >= 0) {
        const line = this.#rest.subarray(0, end).toString("utf8");
        this.#rest = this.#rest.subarray(end + 1);
        return line;
      }
      if (this.#rest.length > longestLine) throw slipwayError("internal", "The engine's reply is not understood.");
      if (!(await this.#more())) return undefined;
    }
  }

  async take(count: number): Promise<Buffer | undefined> {
    while (this.#rest.length < count) if (!(await this.#more())) return undefined;
    const taken = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return taken;
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#pieces.next();
    if (done) return false;
    this.#rest = this.#rest.length === 0 ? value : Buffer.concat([this.#rest, value]);
    return true;
  }
}
