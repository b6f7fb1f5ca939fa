import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { systemClock } from "#base/clock.ts";
import { parseExit, parseFound, parseProbe, parseStart, parseState } from "#engine/compute/direct/answers.ts";
import { capture } from "#engine/compute/direct/capture.ts";
import { readFrames } from "#engine/compute/direct/frames.ts";
import { WatchedAttempt } from "#engine/compute/direct/watchedAttempt.ts";
import type { AttemptObserver } from "#engine/compute/runner.ts";
import { LocalTransport } from "#transport/local/localTransport.ts";
import { Random } from "../random.ts";

const seed = Number(process.env["FAULTS_SEED"] ?? 20261124);
const rounds = process.env["FAULTS_WIDE"] === "1" ? 50_000 : 2_000;

/** A frame as a link writes it; `length` is what it says of its header. */
function frame(header: string, payload = Buffer.alloc(0), length = Buffer.byteLength(header)): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(length >>> 0);
  return Buffer.concat([size, Buffer.from(header), payload]);
}

async function framesOf(bytes: Buffer, cuts: Random): Promise<number> {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(bytes.length, at + cuts.whole(1, 4000));
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  let count = 0;
  for await (const { payload } of readFrames(Readable.from(pieces, { objectMode: true }))) {
    expect(payload.length).toBeLessThanOrEqual(bytes.length);
    count++;
  }
  return count;
}

/** A value that a hostile program could put where another is expected. */
function odd(random: Random): unknown {
  return random.pick<unknown>([
    ...[null, true, -1, 0.5, 1e308, Number.MAX_SAFE_INTEGER, "", "../../x", "\0", "x".repeat(100_000)],
    ...[[], {}, { length: 5 }, [[[[]]]], "__proto__", { __proto__: { admin: true } }, "NaN", -0],
  ]);
}

describe(`T20 a target that lies, seed ${seed}`, () => {
  it.each([
    ["a length beyond any", frame("{}", undefined, 0xffffffff)],
    ["no length at all", Buffer.alloc(4)],
    ["a header that is no JSON", frame("{half")],
    ["a header that is null", frame("null")],
    ["a payload of less than nothing", frame('{"t":"log","len":-5}')],
    ["a payload of half a byte", frame('{"t":"log","len":0.5}')],
    ["a payload of a text", frame('{"t":"log","len":"9"}')],
    ["a payload of 10 GB", frame('{"t":"log","len":10000000000}')],
  ])("T20 %s ends the link, and nothing is kept of it", async (_what, bytes) => {
    await expect(framesOf(bytes, new Random(1))).rejects.toThrow();
  });

  it("T20 whatever bytes come, they are frames or the link is over", async () => {
    const random = new Random(seed);
    for (let round = 0; round < rounds / 4; round++) {
      const good = Buffer.concat([frame('{"t":"log","len":3,"dir":"d"}', Buffer.from("abc")), frame('{"t":"pong"}')]);
      const bytes = Buffer.concat([good, good, good]);
      for (let flip = 0; flip < random.whole(1, 4); flip++) bytes[random.below(bytes.length)] = random.below(256);
      await framesOf(bytes.subarray(0, random.whole(1, bytes.length)), random).catch((thrown: unknown) => {
        expect(thrown).toBeInstanceOf(Error);
      });
    }
  });

  it("T20 an answer is what it should be, or refused, whatever stands in it", () => {
    const random = new Random(seed);
    const exit = { code: 0, signal: null, reason: "exited", started_at: 1, ended_at: 2, duration_ms: 1, evidence: {} };
    for (let round = 0; round < rounds; round++) {
      const answer: Record<string, unknown> = { ...exit, [random.pick([...Object.keys(exit), "more"])]: odd(random) };
      const said = random.chance(0.1) ? odd(random) : answer;
      const record = parseExit(said, 5);
      expect(record.ended_at).toBeGreaterThanOrEqual(0);
      // Only an exit code of 0 is a success: nothing that cannot be read may pass for one.
      if (record.code === 0 && record.reason === "exited") {
        expect(said).toMatchObject({ reason: "exited" });
        expect(Math.abs((said as typeof exit).code)).toBe(0);
      }
      expect(() => parseState(answer)).not.toThrow();
      const text = random.chance(0.5) ? JSON.stringify(answer) : JSON.stringify(answer).slice(0, random.whole(0, 60));
      expect(() => parseFound(`${text}\n${text}`)).not.toThrow();
      for (const parse of [parseProbe, parseStart]) {
        try {
          parse(text);
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: "target-fault" });
        }
      }
    }
  });

  it("T20 an attempt takes no gap, no foreign rank and no path for a number; its end is read once", async () => {
    const logs: { rank: number; offset: number; bytes: number }[] = [];
    const brought: string[] = [];
    let ends = 0;
    const observer: AttemptObserver = {
      state: () => Promise.resolve(),
      samples: () => Promise.resolve(),
      journal: () => Promise.resolve(),
      connection: () => undefined,
      fault: () => undefined,
      request: () => Promise.resolve({ status: 200, headers: {}, body: { file: "/nowhere" } }),
      log: (rank, offset, bytes) => Promise.resolve(void logs.push({ rank, offset, bytes: bytes.length })),
      exit: () => Promise.resolve(void ends++),
    };
    const attempt = new WatchedAttempt({
      ref: { folder: "/d", marker: "m" },
      from: { log: {}, journal: 0, samples: 0 },
      observer,
      clock: systemClock,
      send: () => undefined,
      bring: (_file, to) => Promise.resolve(void brought.push(to)),
      onOver: () => undefined,
    });
    const take = (header: Record<string, unknown>, bytes = "") =>
      attempt.take({ header: { t: "", ...header }, payload: Buffer.from(bytes) });
    await take({ t: "log", rank: 0, offset: 0 }, "abc");
    await take({ t: "log", rank: 0, offset: 1_000_000 }, "a gap");
    await take({ t: "log", rank: 0, offset: -3 }, "before");
    await take({ t: "log", rank: "../../x", offset: 0 }, "a path");
    await take({ t: "log", rank: 1e9, offset: 0 }, "a rank");
    await take({ t: "request", seq: "../../../escape" }, "{}");
    await take({ t: "no such frame" });
    await take({ t: "exit", exit: { code: "0" } });
    await take({ t: "exit", exit: { code: 0 } });
    await new Promise((resolve) => setImmediate(resolve));
    expect(logs).toEqual([{ rank: 0, offset: 0, bytes: 3 }]);
    expect(brought).toEqual([]);
    expect(ends).toBe(1);
  });

  it("T20 an answer without end is cut off, and its program ended", async () => {
    const transport = new LocalTransport();
    try {
      await expect(capture(transport, ["head", "-c", "300000000", "/dev/zero"])).rejects.toMatchObject({
        code: "target-fault",
      });
    } finally {
      await transport.close();
    }
  });
});
