import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { Bell } from "../../../src/engine/store/bell.ts";

const bellModule = new URL("../../../src/engine/store/bell.ts", import.meta.url).href;

/** A thread that never goes through its event loop: it doubles each number that it is sent, until it is sent 0. */
const listener = `
  const { parentPort, receiveMessageOnPort, workerData } = require("node:worker_threads");
  void import(workerData.bellModule).then(({ Bell }) => {
    const bell = new Bell(workerData.memory);
    const take = () => receiveMessageOnPort(parentPort)?.message;
    for (;;) {
      const value = bell.waitFor(take, Infinity);
      if (value !== undefined) parentPort.postMessage(value * 2);
      if (value === 0) process.exit();
    }
  });`;

describe("a bell", () => {
  it("is heard by a thread that waits without end, each time", async () => {
    const bell = new Bell();
    const worker = new Worker(listener, { eval: true, workerData: { bellModule, memory: bell.memory } });
    const answers: number[] = [];
    const all = new Promise<void>((resolve) => {
      worker.on("message", (value: number) => {
        answers.push(value);
        if (value === 0) return resolve();
        worker.postMessage(value > 400 ? 0 : value / 2 + 1);
        bell.ring();
      });
    });
    worker.postMessage(1);
    bell.ring();
    await all;
    expect(answers).toEqual([...Array.from({ length: 201 }, (_, index) => (index + 1) * 2), 0]);
  });

  it("rung between the question and the wait ends the wait", () => {
    const bell = new Bell();
    const found: (string | undefined)[] = [undefined, "there"];
    const take = (): string | undefined => {
      bell.ring();
      return found.shift();
    };
    expect(bell.waitFor(take, Infinity)).toBe("there");
  });

  it("that stays silent leaves with what came without it, or nothing", () => {
    const found: (string | undefined)[] = [undefined, "late"];
    expect(new Bell().waitFor(() => found.shift(), 1)).toBe("late");
    expect(new Bell().waitFor(() => undefined, 1)).toBeUndefined();
  });
});
