import type { Clock } from "#base/clock.ts";
import type { Disposable } from "#base/disposable.ts";

/** Ends an engine that nobody needs: nothing running or queued, no client connected, no request for a while. */
export class IdleExit implements Disposable {
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #isBusy: () => boolean | Promise<boolean>;
  readonly #onIdle: () => void;
  #lastUse: number;
  #cancel: () => void = () => undefined;
  #disposed = false;

  constructor(options: {
    clock: Clock;
    /** How long nothing must have happened. 0 or less: never exit. */
    idleMs: number;
    /** True while a job runs or waits, or a client is connected. */
    isBusy: () => boolean | Promise<boolean>;
    onIdle: () => void;
  }) {
    this.#clock = options.clock;
    this.#idleMs = options.idleMs;
    this.#isBusy = options.isBusy;
    this.#onIdle = options.onIdle;
    this.#lastUse = options.clock.monotonic();
    if (this.#idleMs > 0) this.#watch(this.#idleMs);
  }

  /** Something was asked of the engine. */
  touch(): void {
    this.#lastUse = this.#clock.monotonic();
  }

  dispose(): void {
    this.#disposed = true;
    this.#cancel();
  }

  #watch(afterMs: number): void {
    if (!this.#disposed) this.#cancel = this.#clock.after(afterMs, () => void this.#look());
  }

  /** A question that fails is no proof of idleness. */
  async #busyNow(): Promise<boolean> {
    try {
      return await this.#isBusy();
    } catch {
      return true;
    }
  }

  async #look(): Promise<void> {
    const left = this.#lastUse + this.#idleMs - this.#clock.monotonic();
    if (left > 0) return this.#watch(left);
    const busy = await this.#busyNow();
    if (this.#disposed) return;
    // A request may have come while the question was being answered.
    if (!busy && this.#lastUse + this.#idleMs <= this.#clock.monotonic()) return this.#onIdle();
    if (busy) this.touch();
    this.#watch(this.#idleMs);
  }
}

/** The idle time from `SLIPWAY_IDLE_MINUTES` (0: never), 30 minutes when it is not set or not a number. */
export function idleMilliseconds(env: NodeJS.ProcessEnv = process.env): number {
  const minutes = Number(env["SLIPWAY_IDLE_MINUTES"] ?? "30");
  return (Number.isFinite(minutes) ? minutes : 30) * 60_000;
}
