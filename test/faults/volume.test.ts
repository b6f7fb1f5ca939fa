import { createHash, type Hash } from "node:crypto";
import { get, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { notBuilt } from "../cli/built.ts";
import { LiveEngine } from "../security/liveEngine.ts";
import { processesWith, residentBytes, until } from "./harness/processes.ts";

const log = "user_logs/std_log.txt";
/** The engine's memory beyond what it holds at rest. */
const mostGrowth = 90e6;
/** With a thread that searches a whole log. */
const mostGrowthOfSearch = 160e6;
const mostOfLauncher = 60e6;

let engine: LiveEngine;
let atRest = 0;
beforeAll(async () => {
  if (notBuilt) return;
  engine = await LiveEngine.start();
  await engine.submitScript("warm", "print('warm')\n");
  await engine.ended("warm");
  atRest = residentBytes(engine.client.engine.pid);
}, 120_000);
afterAll(() => engine?.close());

/** What was measured while something went on. */
interface Watch {
  /** The longest that a small call waited (ms). */
  slowestCall: number;
  calls: number;
  engineGrowth: number;
  launcher: number;
}

/** Asks the engine small things, one after another, and looks at memory until `over` settles. */
async function watch(over: Promise<unknown>): Promise<Watch> {
  const seen: Watch = { slowestCall: 0, calls: 0, engineGrowth: 0, launcher: 0 };
  let going = true;
  void over.finally(() => (going = false)).catch(() => undefined);
  while (going) {
    const began = performance.now();
    await engine.client.engineStatus();
    seen.slowestCall = Math.max(seen.slowestCall, performance.now() - began);
    seen.calls++;
    seen.engineGrowth = Math.max(seen.engineGrowth, residentBytes(engine.client.engine.pid) - atRest);
    for (const pid of processesWith(engine.home, "slipway_launcher")) {
      seen.launcher = Math.max(seen.launcher, residentBytes(pid));
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await over;
  return seen;
}

function expectBounded(seen: Watch, growth = mostGrowth): void {
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  console.log(
    `engine +${megabytes(seen.engineGrowth)} over ${megabytes(atRest)}, launcher ${megabytes(seen.launcher)}, slowest of ${seen.calls} calls ${Math.round(seen.slowestCall)} ms`,
  );
  expect(seen.engineGrowth).toBeLessThan(growth);
  expect(seen.launcher).toBeLessThan(mostOfLauncher);
  // The loop never stood still; how long a call takes depends on what else this machine does.
  expect(seen.slowestCall).toBeLessThan(5_000);
}

async function hashOfLog(name: string): Promise<{ bytes: number; sha256: string }> {
  const { body } = await engine.client.readLog({ params: { workspace: "default", name }, query: { path: log } });
  return hashOf(body);
}

async function hashOf(body: AsyncIterable<unknown>): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of body) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** The hash of something that comes in pieces. */
function hashOfPieces(make: (add: (piece: Buffer) => void) => void): { bytes: number; sha256: string } {
  const hash: Hash = createHash("sha256");
  let bytes = 0;
  make((piece) => {
    hash.update(piece);
    bytes += piece.length;
  });
  return { bytes, sha256: hash.digest("hex") };
}

/** Writes all of a piece to standard output, however it is taken. */
const emit = `
import os
def emit(piece):
    piece = memoryview(piece)
    while piece:
        piece = piece[os.write(1, piece):]
`;

describe.skipIf(notBuilt)(`a great deal of output${notBuilt ? `: ${notBuilt}` : ""}`, { timeout: 240_000 }, () => {
  it("F26 a million lines a second for five seconds: every byte is kept, the engine answers, memory stays", async () => {
    const script = `${emit}
import time
began = time.monotonic()
for block in range(500):
    emit(b"".join(b"line %d\\n" % (block * 10000 + line) for line in range(10000)))
    time.sleep(max(0, began + (block + 1) * 0.01 - time.monotonic()))
`;
    await engine.submitScript("loud", script);
    expectBounded(await watch(engine.ended("loud", 180_000)));
    const expected = hashOfPieces((add) => {
      for (let block = 0; block < 500; block++) {
        const lines = Array.from({ length: 10_000 }, (_, line) => `line ${block * 10_000 + line}\n`);
        add(Buffer.from(lines.join("")));
      }
    });
    expect(await hashOfLog("loud")).toEqual(expected);
  });

  it("F27 100 MB without a line end, bytes that are no text, and bars of CR: exact on the disk, bounded on the screen", async () => {
    const script = `${emit}
for block in range(100):
    emit(bytes([97 + block % 26]) * 1000000)
emit(b"\\n")
for index in range(20000):
    emit(b"\\r%3d%% " % (index % 100) + bytes([0, 255, 192, 128, 237, 160, 128]) + "\\u20ac".encode()[: index % 3 + 1])
emit(b"\\nend\\n")
`;
    await engine.submitScript("odd", script);
    expectBounded(await watch(engine.ended("odd", 180_000)));
    const euro = Buffer.from("€");
    const expected = hashOfPieces((add) => {
      for (let block = 0; block < 100; block++) add(Buffer.alloc(1_000_000, 97 + (block % 26)));
      add(Buffer.from("\n"));
      for (let index = 0; index < 20_000; index++) {
        add(Buffer.from(`\r${String(index % 100).padStart(3)}% `));
        add(Buffer.from([0, 255, 192, 128, 237, 160, 128]));
        add(euro.subarray(0, (index % 3) + 1));
      }
      add(Buffer.from("\nend\n"));
    });
    expect(await hashOfLog("odd")).toEqual(expected);

    const params = { workspace: "default", name: "odd" };
    const reading = (async () => {
      const window = await engine.client.logWindow({ params, query: { path: log, bytes: 1_000_000, lines: 100 } });
      expect(window.text.endsWith("\nend\n")).toBe(true);
      expect(window.text.length).toBeLessThanOrEqual(1_000_000);
      expect(window.text).toContain("\ufffd");
      const found = await engine.client.searchLog({ params, query: { path: log, text: "end" } });
      expect(found.matches.at(-1)?.text).toBe("end");
    })();
    expectBounded(await watch(reading), mostGrowthOfSearch);
    // A pipe gets the bytes as they are.
    const streamed = await engine.built.run(["job", "stream", "-n", "odd"]);
    expect(streamed.code).toBe(0);
    expect(streamed.stdout.endsWith("\nend\n")).toBe(true);
  });

  it("F28 a reader that does not read holds nobody up and costs no memory, and gets every byte when it does", async () => {
    const script = `${emit}
import time
for block in range(100):
    emit((b"%04d" % block) * 250000)
    time.sleep(0.01)
`;
    await engine.submitScript("steady", script);
    await engine.until("steady", ({ log_files }) => log_files.some(({ path, bytes }) => path === log && bytes > 0));
    const reply = await new Promise<IncomingMessage>((resolve, reject) => {
      const path = `/api/v1/workspaces/default/jobs/steady/log?path=${log}&follow=true`;
      get({ socketPath: engine.client.engine.socket, path }, resolve).on("error", reject);
    });
    // Nothing is taken from the socket from now on.
    reply.pause();
    expectBounded(await watch(engine.ended("steady", 180_000)));
    const expected = hashOfPieces((add) => {
      for (let block = 0; block < 100; block++) add(Buffer.from(String(block).padStart(4, "0").repeat(250_000)));
    });
    expect(await hashOf(reply)).toEqual(expected);
    await until("memory as before", () => residentBytes(engine.client.engine.pid) - atRest < mostGrowth);
  });
});
