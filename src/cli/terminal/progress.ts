import type { Disposable } from "#base/disposable.ts";

const redrawMs = 120;
const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** One line on standard error that is drawn over while work goes on, and is gone afterwards. */
export class ProgressLine implements Disposable {
  readonly #enabled: boolean;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #started = performance.now();
  #text = "";
  #frame = 0;

  constructor(options: { enabled: boolean }) {
    this.#enabled = options.enabled;
    if (this.#enabled) this.#timer = setInterval(() => this.#draw(), redrawMs);
    this.#timer?.unref();
  }

  set(text: string): void {
    this.#text = text;
  }

  /** Shows how far bytes have come. */
  setBar(done: number, total: number, text: string): void {
    const share = total > 0 ? Math.min(1, done / total) : 1;
    const filled = Math.round(share * 24);
    this.set(`${"█".repeat(filled)}${"░".repeat(24 - filled)} ${Math.floor(share * 100)} % ${text}`);
  }

  dispose(): void {
    clearInterval(this.#timer);
    if (this.#enabled) process.stderr.write("\r\u001b[K");
  }

  #draw(): void {
    const seconds = Math.floor((performance.now() - this.#started) / 1000);
    const frame = frames[this.#frame++ % frames.length] ?? "";
    const line = `${frame} ${this.#text}${seconds > 1 ? ` (${seconds} s)` : ""}`;
    process.stderr.write(`\r\u001b[K${line.slice(0, (process.stderr.columns || 80) - 1)}`);
  }
}
