import { StringDecoder } from "node:string_decoder";

/**
 * Makes untrusted text safe for a terminal, piece by piece: colours (SGR) pass, every other escape sequence (titles,
 * links, clipboard, cursor, device strings) and control character is dropped, but for line ends, tabs and carriage
 * returns. Invalid UTF-8 becomes U+FFFD. Only for terminals: a file or a pipe gets the bytes as they are.
 */
export class TerminalText {
  readonly #decoder = new StringDecoder("utf8");
  /** The beginning of a sequence whose end has not come yet. */
  #pending = "";

  /** The part of the text that is complete. */
  push(bytes: Buffer): string {
    return this.#clean(this.#pending + this.#decoder.write(bytes));
  }

  /** What is left at the end. A sequence that never ended is dropped. */
  end(): string {
    const rest = this.#clean(this.#pending + this.#decoder.end());
    this.#pending = "";
    return rest;
  }

  #clean(text: string): string {
    const unfinished = unfinishedSequence.exec(text);
    // A sequence without end must not grow for ever, nor hide what follows.
    const cut = unfinished && text.length - unfinished.index <= longestSequence ? unfinished.index : text.length;
    this.#pending = text.slice(cut);
    return stripControls(text.slice(0, cut));
  }
}

const longestSequence = 4096;

/** Introducers as one character (C1) or as ESC and a letter. */
const csi = "(?:\\u001b\\[|\\u009b)";
const stringStart = "(?:\\u001b[\\]PX^_]|[\\u009d\\u0090\\u0098\\u009e\\u009f])";
const stringEnd = "(?:\\u0007|\\u001b\\\\|\\u009c)";

const unfinishedSequence = new RegExp(
  `(?:${csi}[0-?]*[ -/]*|${stringStart}[^\\u0007\\u001b\\u009c\\n]*\\u001b?|\\u001b[ -/]*)$`,
  "u",
);
const sequence = new RegExp(
  [
    `\\u001b\\[[0-9;:]*m`,
    `${csi}[0-?]*[ -/]*[@-~]`,
    `${stringStart}[^\\u0007\\u001b\\u009c\\n]*${stringEnd}?`,
    `\\u001b[ -/]*[0-~]`,
    `[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]`,
  ].join("|"),
  "gu",
);

/** Text for a stream: made safe when that is a terminal. */
export function forStream(stream: NodeJS.WriteStream, text: string): string {
  return stream.isTTY ? stripControls(text) : text;
}

/** Text without escape sequences and control characters, but for colours. */
export function stripControls(text: string): string {
  return text.replace(sequence, (found) => (/^\u001b\[[0-9;:]*m$/u.test(found) ? found : ""));
}
