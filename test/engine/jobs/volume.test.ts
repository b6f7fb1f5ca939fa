import { createHash } from "node:crypto";
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandYaml, World, type Engine } from "./world.ts";

const run = promisify(execFile);
const MEGABYTE = 1024 * 1024;

describe("large logs and full disks", () => {
  let world: World;
  let engine: Engine;
  beforeAll(async () => {
    world = await World.make();
    engine = await world.open({ concurrency: 2 });
  });
  afterAll(() => world.dispose());

  const submit = async (command: string, more = "") =>
    engine.submit(await world.project({ "job.yml": commandYaml(command, more) }));

  test("200 MB of output arrive whole, engine and link stay small", async () => {
    const { name } = await submit(
      "yes 'a line of output that is neither short nor long, number 0123456789' | head -c 200000000",
    );
    global.gc?.();
    const before = process.memoryUsage().rss;
    let [engineMost, linkMost] = [0, 0];
    await engine.until(
      name,
      (job) => {
        engineMost = Math.max(engineMost, process.memoryUsage().rss - before);
        void linkMemory(world.root).then((bytes) => {
          linkMost = Math.max(linkMost, bytes);
        });
        return job.status === "Completed";
      },
      120_000,
    );
    const line = Buffer.from("a line of output that is neither short nor long, number 0123456789\n");
    const hash = createHash("sha256");
    const expected = createHash("sha256");
    let bytes = 0;
    const range = { offset: 0, follow: false, signal: new AbortController().signal };
    const log = await engine.logs.read({ workspace: "default", job: name }, "user_logs/std_log.txt", range);
    for await (const chunk of log as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
    for (let left = 200_000_000; left > 0; left -= line.length)
      expected.update(line.subarray(0, Math.min(left, line.length)));
    expect(bytes).toBe(200_000_000);
    expect(hash.digest("hex")).toBe(expected.digest("hex"));
    expect(engineMost).toBeLessThan(150 * MEGABYTE);
    expect(linkMost).toBeLessThan(60 * MEGABYTE);
    const window = await engine.logs.window({ workspace: "default", job: name }, "user_logs/std_log.txt", {
      bytes: 1000,
      lines: 3,
    });
    expect(window.start_line).toBe(Math.ceil(200_000_000 / line.length) - 3);
  }, 150_000);

  test("invalid UTF-8, escapes, NULs and a 20 MB line are kept as they are", async () => {
    const { name } = await submit(
      "printf '\\377\\376 \\033[31mred\\033[0m \\000 \\r50%%\\r100%%\\n'\nhead -c 20000000 /dev/zero | tr '\\0' 'x'\nprintf '\\303'; sleep 0.1; printf '\\251\\n'",
    );
    expect((await engine.ended(name)).status).toBe("Completed");
    const log = await engine.readLog(name);
    expect(log.subarray(0, 6)).toEqual(Buffer.from([0xff, 0xfe, 0x20, 0x1b, 0x5b, 0x33]));
    expect(log.length).toBe(28 + 20_000_000 + 3);
    expect(log.subarray(-3)).toEqual(Buffer.from("é\n"));
  });

  const isRoot = process.getuid?.() === 0;
  test.skipIf(!isRoot)("a disk that fills up fails the job as disk (needs root to mount a small disk)", async () => {
    const small = join(world.root, "small");
    await mkdir(small);
    await run("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", small]);
    try {
      const { name } = await submit(`echo first > outputs/first.txt; head -c 5000000 /dev/zero > ${small}/x`);
      const job = await engine.ended(name);
      expect(job).toMatchObject({ status: "Failed", error: { class: "disk" } });
      const key = { workspace: "default", name, path: "", recursive: true };
      expect((await engine.artifacts.list(key)).map((file) => file.path)).toEqual(["outputs/first.txt"]);
    } finally {
      await run("umount", [small]);
    }
  });
});

describe.skipIf(process.getuid?.() !== 0)(
  "a full disk under the engine's logs (needs root to mount a small disk)",
  () => {
    test("the job goes on, the log is whole when there is space again", async () => {
      const world = await World.make();
      const small = join(world.root, "small");
      await mkdir(small);
      await run("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", small]);
      try {
        const engine = await world.open({ logs: small });
        const file = await world.project({ "job.yml": commandYaml("yes 0123456789abcde | head -c 3000000; echo end") });
        const { name } = await engine.submit(file);
        const full = await engine.until(name, (job) => job.warnings.length > 0);
        expect(full.warnings.join()).toMatch(/no space left/iu);
        await run("mount", ["-o", "remount,size=20m", small]);
        expect((await engine.ended(name)).status).toBe("Completed");
        const log = (await engine.readLog(name)).toString();
        expect(log).toBe(`${"0123456789abcde\n".repeat(3_000_000 / 16)}end\n`);
        await engine.close();
      } finally {
        await run("umount", [small]);
        await world.dispose();
      }
    });
  },
);

/** Resident bytes of the link process whose launcher lies below `root`. */
async function linkMemory(root: string): Promise<number> {
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/u.test(entry)) continue;
    const words = await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "");
    if (!words.includes(root) || !words.endsWith("\0link\0")) continue;
    const status = await readFile(`/proc/${entry}/status`, "utf8").catch(() => "");
    return Number(/VmRSS:\s+(\d+) kB/u.exec(status)?.[1] ?? 0) * 1024;
  }
  return 0;
}
