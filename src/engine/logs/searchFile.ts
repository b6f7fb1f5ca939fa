import { open, type FileHandle } from "node:fs/promises";
import { lineEnds } from "./lineIndex.ts";

export interface SearchRequest {
  text: string;
  regex: boolean;
  caseSensitive: boolean;
  maxResults: number;
}

interface Match {
  offset: number;
  line: number;
  text: string;
}

export interface SearchResult {
  matches: Match[];
  truncated: boolean;
}

const CHUNK = 1024 * 1024;
/** A longer line is searched in pieces of this size. */
const LONGEST_LINE = CHUNK;
const SHOWN_CHARACTERS = 1000;
const LINE_FEED = 10;

/** The lines of a file that match, in order. Memory does not grow with the file. Throws when the expression is wrong. */
export async function searchFile(path: string, request: SearchRequest): Promise<SearchResult> {
  const search = new Search(request);
  const file = await open(path, "r");
  try {
    await feed(file, search);
  } finally {
    await file.close();
  }
  return { matches: search.matches, truncated: search.full };
}

async function feed(file: FileHandle, search: Search): Promise<void> {
  const buffer = Buffer.allocUnsafe(CHUNK + LONGEST_LINE);
  let kept = 0;
  while (!search.full) {
    const { bytesRead } = await file.read(buffer, kept, CHUNK, null);
    if (bytesRead === 0) return void search.block(buffer.subarray(0, kept));
    const bytes = buffer.subarray(0, kept + bytesRead);
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    const whole = end > 0 ? end : bytes.length >= LONGEST_LINE ? bytes.length : 0;
    search.block(bytes.subarray(0, whole));
    kept = bytes.length - whole;
    bytes.copy(buffer, 0, whole);
  }
}

class Search {
  readonly matches: Match[] = [];
  full = false;
  readonly #test: (text: string) => boolean;
  readonly #skips: (block: Buffer) => boolean;
  readonly #limit: number;
  #offset = 0;
  #line = 0;

  constructor(request: SearchRequest) {
    this.#limit = request.maxResults;
    if (request.regex) {
      const expression = new RegExp(request.text, request.caseSensitive ? "" : "i");
      this.#test = (text) => expression.test(text);
      this.#skips = () => false;
    } else if (request.caseSensitive) {
      const needle = Buffer.from(request.text);
      this.#test = (text) => text.includes(request.text);
      this.#skips = (block) => block.indexOf(needle) < 0;
    } else {
      const needle = request.text.toLowerCase();
      this.#test = (text) => text.toLowerCase().includes(needle);
      this.#skips = (block) => !block.toString("utf8").toLowerCase().includes(needle);
    }
  }

  /** Takes in the next bytes: whole lines, or a piece of one that is too long. */
  block(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (!this.#skips(bytes)) this.#lines(bytes);
    this.#line += lineEnds(bytes, 0, bytes.length);
    this.#offset += bytes.length;
  }

  #lines(bytes: Buffer): void {
    let line = this.#line;
    for (let start = 0; start < bytes.length; line++) {
      const found = bytes.indexOf(LINE_FEED, start);
      const end = found < 0 ? bytes.length : found;
      const text = bytes.toString("utf8", start, end);
      if (this.#test(text)) {
        if (this.matches.length === this.#limit) {
          this.full = true;
          return;
        }
        this.matches.push({ offset: this.#offset + start, line, text: text.slice(0, SHOWN_CHARACTERS) });
      }
      start = end + 1;
    }
  }
}
