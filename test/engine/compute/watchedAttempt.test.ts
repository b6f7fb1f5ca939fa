import { expect, test } from "vitest";
import { systemClock } from "#base/clock.ts";
import { WatchedAttempt } from "#engine/compute/direct/watchedAttempt.ts";
import type { AttemptObserver } from "#engine/compute/runner.ts";

test("a question of the program is answered after what it logged before, however long that takes to be kept", async () => {
  const seen: string[] = [];
  let keep: () => void = () => undefined;
  const kept = new Promise<void>((resolve) => {
    keep = resolve;
  });
  const observer: AttemptObserver = {
    state: () => Promise.resolve(),
    log: () => Promise.resolve(),
    samples: () => Promise.resolve(),
    exit: () => Promise.resolve(),
    connection: () => undefined,
    fault: (message) => expect.fail(message),
    async journal() {
      await kept;
      seen.push("journal");
    },
    request() {
      seen.push("request");
      return Promise.resolve({ status: 200, headers: {}, body: Buffer.from("{}") });
    },
  };
  const replied = new Promise<void>((resolve) => {
    const attempt = new WatchedAttempt({
      ref: { folder: "/nowhere", marker: "job.1.aa" },
      from: { log: {}, journal: 0, samples: 0 },
      observer,
      clock: systemClock,
      send: (order) => {
        if (order["op"] === "reply") resolve();
      },
      bring: () => Promise.resolve(),
      onOver: () => undefined,
    });
    const dir = "/nowhere";
    void attempt.take({ header: { t: "journal", dir, offset: 0 }, payload: Buffer.from("{}\n") });
    void attempt.take({ header: { t: "request", dir, seq: 1 }, payload: Buffer.from("{}") });
  });
  await new Promise((resolve) => setImmediate(resolve));
  keep();
  await replied;
  expect(seen).toEqual(["journal", "request"]);
});
