import { describe, expect, it } from "vitest";
import { IdleExit, idleMilliseconds } from "#engine/lifecycle/idleExit.ts";

/** A clock whose hands the test moves. */
class HandClock {
  time = 0;
  #due: { at: number; run: () => void }[] = [];
  now = () => this.time;
  monotonic = () => this.time;
  after = (ms: number, run: () => void) => {
    const entry = { at: this.time + ms, run };
    this.#due.push(entry);
    return () => void (this.#due = this.#due.filter((other) => other !== entry));
  };
  async move(ms: number) {
    this.time += ms;
    const due = this.#due.filter(({ at }) => at <= this.time);
    this.#due = this.#due.filter(({ at }) => at > this.time);
    for (const { run } of due) run();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("idle exit", () => {
  it("comes after the idle time only, counted from the last use", async () => {
    const clock = new HandClock();
    let ended = 0;
    const watch = new IdleExit({ clock, idleMs: 100, isBusy: () => false, onIdle: () => ended++ });
    await clock.move(60);
    watch.touch();
    await clock.move(60);
    expect(ended).toBe(0);
    await clock.move(40);
    expect(ended).toBe(1);
  });

  it("waits while something runs, and a failing question counts as busy", async () => {
    const clock = new HandClock();
    let ended = 0;
    let busy: () => boolean = () => true;
    const watch = new IdleExit({ clock, idleMs: 100, isBusy: () => busy(), onIdle: () => ended++ });
    await clock.move(100);
    busy = () => {
      throw new Error("store is closing");
    };
    await clock.move(100);
    expect(ended).toBe(0);
    busy = () => false;
    await clock.move(100);
    expect(ended).toBe(1);
    watch.dispose();
  });

  it("reads minutes, and 0 means never", async () => {
    expect(idleMilliseconds({})).toBe(1_800_000);
    expect(idleMilliseconds({ SLIPWAY_IDLE_MINUTES: "0.5" })).toBe(30_000);
    expect(idleMilliseconds({ SLIPWAY_IDLE_MINUTES: "soon" })).toBe(1_800_000);
    const clock = new HandClock();
    let ended = 0;
    new IdleExit({ clock, idleMs: 0, isBusy: () => false, onIdle: () => ended++ });
    await clock.move(1e9);
    expect(ended).toBe(0);
  });
});
