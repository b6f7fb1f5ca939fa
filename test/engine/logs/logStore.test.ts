import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "#base/clock.ts";
import type { EngineEvent } from "#contract/events.ts";
import { LogStore } from "#engine/logs/logStore.ts";

const owner = { workspace: "default", job: "job" };
const path = "user_logs/std_log.txt";
const whole = (): { offset: number; follow: boolean; signal: AbortSignal } => ({
  offset: 0,
  follow: false,
  signal: new AbortController().signal,
});

describe("the log store", () => {
  let root: string;
  let events: EngineEvent[];
  let logs: LogStore;
  const open = () => new LogStore({ root, clock: systemClock, bus: { publish: (event) => void events.push(event) } });
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "slipway-logs-"));
    events = [];
    logs = open();
    logs.begin(owner);
  });
  afterEach(async () => {
    await logs.dispose();
    await rm(root, { recursive: true, force: true });
  });
  const read = async (range: Partial<ReturnType<typeof whole>> & { limit?: number } = {}) =>
    buffer(await logs.read(owner, path, { ...whole(), ...range }));
  const add = (text: string) => logs.write(owner, path, text);

  test("bytes that come again change nothing, a gap is refused", async () => {
    await logs.append(owner, path, 0, Buffer.from("abcdef"));
    await logs.append(owner, path, 0, Buffer.from("abc"));
    await logs.append(owner, path, 3, Buffer.from("defghi"));
    await expect(logs.append(owner, path, 100, Buffer.from("x"))).rejects.toThrow(/ends at 9/u);
    expect((await read()).toString()).toBe("abcdefghi");
    expect((await read({ offset: 2, limit: 3 })).toString()).toBe("cde");
  });

  test("a reader that follows waits for a log that is not there yet and ends with it", async () => {
    const following = logs.read(owner, path, { ...whole(), follow: true }).then(buffer);
    await add("one\n");
    await add("two\n");
    await logs.finish(owner);
    expect((await following).toString()).toBe("one\ntwo\n");
  });

  test("a reader that goes away ends", async () => {
    const gone = new AbortController();
    await add("one\n");
    const following = await logs.read(owner, path, { ...whole(), follow: true, signal: gone.signal });
    const read = buffer(following);
    gone.abort();
    expect((await read).toString()).toBe("one\n");
  });

  test("paths that are no logs are refused", async () => {
    for (const bad of ["../other/x", "/etc/passwd", "a/../../b", "", "a\\b", "x.lines"]) {
      await expect(logs.read(owner, bad, whole())).rejects.toMatchObject({ code: "path-outside" });
    }
    await expect(logs.read(owner, "user_logs/none.txt", whole())).rejects.toMatchObject({ code: "not-found" });
  });

  test("events come at most four a second and end with a complete one", async () => {
    for (let line = 0; line < 500; line++) await add(`line ${line}\n`);
    await logs.finish(owner);
    const sizes = events.map((event) => (event.type === "log" ? [event.bytes, event.complete] : []));
    expect(events.length).toBeLessThan(10);
    expect(sizes.at(-1)).toEqual([(await read()).length, true]);
  });

  test("a window is cut at line ends and knows its first line", async () => {
    const lines = Array.from({ length: 50_000 }, (_, index) => `line ${index}\n`);
    await add(lines.join(""));
    const byLines = await logs.window(owner, path, { bytes: 5_000_000, lines: 3 });
    expect(byLines).toMatchObject({
      text: "line 49997\nline 49998\nline 49999\n",
      start_line: 49_997,
      complete: false,
    });
    const byBytes = await logs.window(owner, path, { bytes: 40, lines: 50_000 });
    expect(byBytes.text).toBe("line 49997\nline 49998\nline 49999\n");
    const before = await logs.window(owner, path, { bytes: 40, lines: 50_000, before: byBytes.start_offset });
    expect(before).toMatchObject({ text: "line 49994\nline 49995\nline 49996\n", start_line: 49_994 });
    const all = await logs.window(owner, path, { bytes: 50_000_000, lines: 1_000_000 });
    expect(all).toMatchObject({ start_offset: 0, start_line: 0, text: lines.join("") });
    await add("no end");
    const last = await logs.window(owner, path, { bytes: 5_000_000, lines: 2 });
    expect(last).toMatchObject({ text: "line 49999\nno end", start_line: 49_999 });
  });

  test("one line longer than the window, invalid bytes and cut characters do no harm", async () => {
    await logs.append(owner, path, 0, Buffer.concat([Buffer.alloc(300_000, "é"), Buffer.from([0xff, 0xfe, 0])]));
    const window = await logs.window(owner, path, { bytes: 1001, lines: 10 });
    expect(window.start_line).toBe(0);
    expect(window.text.startsWith("é")).toBe(true);
    expect(window.text.endsWith("\u{fffd}\u{fffd}\0")).toBe(true);
  });

  test("line numbers survive a restart and a damaged index", async () => {
    const lines = Array.from({ length: 100_000 }, (_, index) => `line ${index}\n`).join("");
    await add(lines);
    await logs.dispose();
    const index = join(root, "default/job", `${path}.lines`);
    expect((await readFile(index)).length).toBeGreaterThan(0);
    await truncate(index, 21);
    logs = open();
    logs.begin(owner);
    await add("more\n");
    const window = await logs.window(owner, path, { bytes: 100, lines: 1 });
    expect(window).toMatchObject({ text: "more\n", start_line: 100_000 });
    await writeFile(index, Buffer.alloc(80_000));
    await logs.dispose();
    logs = open();
    expect((await logs.window(owner, path, { bytes: 100, lines: 1 })).text).toBe("more\n");
  });

  test("search finds lines by text and expression, with their places", async () => {
    const line = (index: number) => `line ${index} ${index % 1000 === 0 ? "Épsilon HIT" : "nothing"}\n`;
    const text = Array.from({ length: 30_000 }, (_, index) => line(index)).join("");
    await add(text);
    const request = { text: "hit", regex: false, caseSensitive: false, maxResults: 1000 };
    const found = await logs.search(owner, path, request);
    expect(found.matches.map((match) => match.line)).toEqual(Array.from({ length: 30 }, (_, index) => index * 1000));
    const bytes = Buffer.from(text);
    for (const match of found.matches) {
      expect(bytes.subarray(match.offset).toString("utf8", 0, 200).split("\n")[0]).toBe(match.text);
    }
    expect((await logs.search(owner, path, { ...request, caseSensitive: true })).matches).toEqual([]);
    const first = await logs.search(owner, path, {
      ...request,
      text: "^line (2|3)000 .*HIT$",
      regex: true,
      maxResults: 1,
    });
    expect(first).toMatchObject({ truncated: true, matches: [{ line: 2000 }] });
    await expect(logs.search(owner, path, { ...request, text: "(", regex: true })).rejects.toMatchObject({
      code: "invalid-request",
    });
  });
});
