import type { Disposable } from "#base/disposable.ts";
import { progressText } from "#client/progressText.ts";
import type { Progress } from "#contract/entities/progress.ts";
import { stripControls } from "#client/terminalText.ts";

const redrawMs = 120;
const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const barWidth = 24;
const clearLine = "\r\u001b[K";

/**
 * One line on standard error that is drawn over while work goes on, and is gone afterwards. What is not `enabled` writes
 * nothing at all. Text that comes meanwhile goes through {@link above}, so that line and text do not mix.
 */
export class ProgressLine implements Disposable {
  readonly #enabled: boolean;
  readonly #timer: NodeJS.Timeout | undefined;
  #started = performance.now();
  #phase = "";
  #text = "";
  #waiting = "";
  #frame = 0;
  #isDrawn = false;
  /** Something was written that does not end in a new line: the line would hide it. */
  #isMidLine = false;

  constructor(options: { enabled: boolean }) {
    this.#enabled = options.enabled;
    if (this.#enabled) this.#timer = setInterval(() => this.#draw(), redrawMs);
    this.#timer?.unref();
  }

  /** What is going on; nothing is shown for an empty text. Seconds count from a new `phase`. */
  set(text: string, phase = ""): void {
    if (phase !== this.#phase) this.#started = performance.now();
    this.#phase = phase;
    this.#text = text;
    if (text === "") this.#clear();
  }

  /** What is shown while there is no other text. */
  setWaiting(text: string): void {
    this.#waiting = text;
    if (this.#text === "" && text === "") this.#clear();
  }

  /** Shows how far a share (0 to 1) has come. */
  setShare(share: number, text: string, phase = ""): void {
    const filled = Math.round(Math.min(1, share) * barWidth);
    const bar = "█".repeat(filled) + "░".repeat(barWidth - filled);
    this.set(`${bar} ${Math.floor(Math.min(1, share) * 100)} % ${text}`, phase);
  }

  /** Shows what the engine tells of its work. */
  show(progress: Progress): void {
    const { text, share } = progressText(progress);
    if (share === null) this.set(text, progress.phase);
    else this.setShare(share, text, progress.phase);
  }

  /** Makes room for text that the caller writes to the terminal now. */
  above(text: string | Uint8Array): void {
    this.#clear();
    if (text.length > 0) this.#isMidLine = text[text.length - 1] !== (typeof text === "string" ? "\n" : 10);
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#clear();
  }

  #clear(): void {
    if (this.#isDrawn) process.stderr.write(clearLine);
    this.#isDrawn = false;
  }

  #draw(): void {
    const text = this.#text || this.#waiting;
    if (text === "" || this.#isMidLine) return;
    const seconds = Math.floor((performance.now() - this.#started) / 1000);
    const frame = frames[this.#frame++ % frames.length] ?? "";
    const line = stripControls(`${frame} ${text}${seconds > 1 ? ` (${seconds} s)` : ""}`);
    process.stderr.write(`${clearLine}${line.slice(0, (process.stderr.columns || 80) - 1)}`);
    this.#isDrawn = true;
  }
}
