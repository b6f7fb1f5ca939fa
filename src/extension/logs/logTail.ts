import { StringDecoder } from "node:string_decoder";
import type { SlipwayClient } from "#client/index.ts";
import { displayText } from "./displayText.ts";

export interface TailLimits {
  bytes: number;
  lines: number;
}

/**
 * The end of one log file. The first read asks the engine for a window; after that only what is new is read, and the
 * oldest lines go when the window is full. So an update costs the window, never the log.
 */
export class LogTail {
  readonly #client: SlipwayClient;
  readonly #params: { workspace: string; name: string };
  readonly #path: string;
  readonly #limits: TailLimits;
  #decoder = new StringDecoder("utf8");
  #raw = "";
  #startLine = 0;
  #startOffset = 0;
  #endOffset = -1;
  /** The window was moved up by hand and stays there until {@link LogTail.follow}. */
  #held = false;

  constructor(options: { client: SlipwayClient; workspace: string; job: string; path: string; limits: TailLimits }) {
    this.#client = options.client;
    this.#params = { workspace: options.workspace, name: options.job };
    this.#path = options.path;
    this.#limits = options.limits;
  }

  /** Lines and bytes above the window. */
  get above(): { lines: number; bytes: number } {
    return { lines: this.#startLine, bytes: this.#startOffset };
  }

  /** Whether the window stands above the log's end because somebody moved it. */
  get held(): boolean {
    return this.#held;
  }

  get text(): string {
    return displayText(this.#raw);
  }

  /** Reads what is new, `bytes` being the size that the engine told. Returns whether anything changed. */
  async update(bytes: number): Promise<boolean> {
    if (this.#held || bytes === this.#endOffset) return false;
    // Too far behind to be worth reading what falls out of the window at once.
    if (this.#endOffset < 0 || bytes - this.#endOffset > this.#limits.bytes) await this.#show();
    else await this.#append();
    return true;
  }

  /** Moves the window up by its height; it stays there. */
  async moveUp(): Promise<void> {
    if (this.#startOffset === 0) return;
    await this.#show(this.#startOffset);
    this.#held = true;
  }

  /** Shows the newest lines again, and what comes. */
  async follow(): Promise<void> {
    this.#held = false;
    await this.#show();
  }

  async #show(before?: number): Promise<void> {
    const window = await this.#client.logWindow({
      params: this.#params,
      query: {
        path: this.#path,
        bytes: this.#limits.bytes,
        lines: this.#limits.lines,
        ...(before === undefined ? {} : { before }),
      },
    });
    this.#raw = window.text;
    this.#startLine = window.start_line;
    this.#startOffset = window.start_offset;
    this.#endOffset = window.end_offset;
    this.#decoder = new StringDecoder("utf8");
  }

  async #append(): Promise<void> {
    const { body } = await this.#client.readLog({
      params: this.#params,
      query: { path: this.#path, offset: this.#endOffset },
    });
    for await (const chunk of body as AsyncIterable<Buffer>) {
      this.#raw += this.#decoder.write(chunk);
      this.#endOffset += chunk.length;
    }
    this.#trim();
  }

  #trim(): void {
    const surplus = this.#raw.length - this.#limits.bytes;
    let cut = surplus > 0 ? this.#raw.indexOf("\n", surplus) + 1 : 0;
    let lines = countLines(this.#raw, 0, cut);
    for (let left = countLines(this.#raw, cut, this.#raw.length) - this.#limits.lines; left > 0; left--) {
      cut = this.#raw.indexOf("\n", cut) + 1;
      lines++;
    }
    if (cut === 0) return;
    this.#startOffset += Buffer.byteLength(this.#raw.slice(0, cut));
    this.#startLine += lines;
    this.#raw = this.#raw.slice(cut);
  }
}

function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}
