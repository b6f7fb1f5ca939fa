import { chmod, lstat, mkdir, readdir, readFile, readlink, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RemoteProcess, Transport } from "#transport/transport.ts";

/** One implementation under test. The suite speaks POSIX to the machine: `sh`, `cat`, `sleep`, `head`. */
export interface TransportUnderTest {
  transport: Transport;
  /** An empty folder on the machine, and one on this machine. */
  remote: string;
  local: string;
  dispose(): Promise<void>;
}

/** What every transport must do. Each implementation's test file calls this with a way to make one. */
export function conformsToTransport(name: string, make: () => Promise<TransportUnderTest>): void {
  describe(`transport ${name}`, () => {
    let under: TransportUnderTest;
    beforeAll(async () => {
      under = await make();
    });
    afterAll(() => under.dispose());

    const run = async (...argv: [string, ...string[]]): Promise<{ out: string; err: string; code: number | null }> => {
      const started = await under.transport.exec(argv);
      const [out, err, end] = await Promise.all([text(started.stdout), text(started.stderr), started.exit]);
      return { out, err, code: end.code };
    };

    test("keeps stdout, stderr and the exit code apart", async () => {
      expect(await run("sh", "-c", "echo out; echo err >&2; exit 7")).toEqual({ out: "out\n", err: "err\n", code: 7 });
    });

    test("passes arguments as they are, without a shell", async () => {
      const words = ["a b", "$HOME", "`id`", "'", '"', "", "*", "ü\n"];
      const { out } = await run("sh", "-c", 'for word in "$@"; do printf "%s\\0" "$word"; done', "sh", ...words);
      expect(out.split("\0").slice(0, -1)).toEqual(words);
    });

    test("stdin reaches the program and ends", async () => {
      const started = await under.transport.exec(["cat"]);
      const bytes = Buffer.from([0, 255, 10, 13, 0xc3, 0x28]);
      started.stdin.end(bytes);
      expect(await buffer(started.stdout)).toEqual(bytes);
      expect(await started.exit).toEqual({ code: 0, signal: null });
    });

    test("the environment can be added to and taken from", async () => {
      const argv = ["sh", "-c", 'echo "${ADDED-none} ${HOME-none}"'] as const;
      const started = await under.transport.exec(argv, { env: { ADDED: "a b", HOME: undefined } });
      const [out] = await Promise.all([text(started.stdout), started.exit]);
      expect(out).toBe("a b none\n");
    });

    test("a working directory is used, a missing one is an error", async () => {
      const started = await under.transport.exec(["pwd", "-P"], { cwd: under.remote });
      const [out] = await Promise.all([text(started.stdout), started.exit]);
      expect(out.trim()).toBe(under.remote);
      await expect(under.transport.exec(["true"], { cwd: `${under.remote}/absent` })).rejects.toMatchObject({
        code: "file-not-found",
      });
    });

    test("a missing program is an error that names it", async () => {
      await expect(under.transport.exec(["slipway-no-such-program"])).rejects.toMatchObject({
        code: "tool-not-found",
        message: expect.stringContaining("slipway-no-such-program") as string,
      });
    });

    test("a signal ends the program and is reported", async () => {
      const started = await under.transport.exec(["sleep", "1000"]);
      started.kill("SIGKILL");
      expect(await ended(started)).toEqual({ code: null, signal: "SIGKILL" });
    });

    test("an abort ends the program, its helpers too", async () => {
      const abort = new AbortController();
      const started = await under.transport.exec(["sh", "-c", "sleep 1000 & echo $!; wait"], { signal: abort.signal });
      const helper = (await firstLine(started.stdout)).trim();
      abort.abort();
      await ended(started);
      await expect(gone(run, helper)).resolves.toBe(true);
    });

    test("an abort beforehand starts nothing", async () => {
      await expect(under.transport.exec(["true"], { signal: AbortSignal.abort() })).rejects.toThrow();
    });

    test("a slow reader holds the writer back and loses nothing", async () => {
      const started = await under.transport.exec(["head", "-c", "30000000", "/dev/zero"]);
      let total = 0;
      for await (const chunk of started.stdout as AsyncIterable<Buffer>) {
        total += chunk.length;
        expect(started.stdout.readableLength).toBeLessThan(4_000_000);
      }
      expect(total).toBe(30_000_000);
      expect((await started.exit).code).toBe(0);
    });

    test("a file goes there and back, over an older one, and leaves nothing beside it", async () => {
      const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 256));
      await writeFile(join(under.local, "source.bin"), bytes);
      await under.transport.put(join(under.local, "source.bin"), `${under.remote}/deep/er/file.bin`);
      await writeFile(join(under.local, "back.bin"), "older");
      await under.transport.get(`${under.remote}/deep/er/file.bin`, join(under.local, "back.bin"));
      expect(await readFile(join(under.local, "back.bin"))).toEqual(bytes);
      expect((await run("ls", "-A", `${under.remote}/deep/er`)).out).toBe("file.bin\n");
      expect((await readdir(under.local)).filter((entry) => entry.endsWith(".tmp"))).toEqual([]);
    });

    test("a copy is a copy: changing one side leaves the other", async () => {
      await writeFile(join(under.local, "own.txt"), "first");
      await under.transport.put(join(under.local, "own.txt"), `${under.remote}/own.txt`);
      await writeFile(join(under.local, "own.txt"), "other");
      expect((await run("cat", `${under.remote}/own.txt`)).out).toBe("first");
    });

    test("a folder goes there and back with modes, times and links, in place of an older one", async () => {
      const root = join(under.local, "tree");
      await mkdir(join(root, "sub/empty"), { recursive: true });
      await writeFile(join(root, "sub/tool.sh"), "#!/bin/sh\necho hi\n");
      await chmod(join(root, "sub/tool.sh"), 0o755);
      await writeFile(join(root, "ünïcode name.txt"), "x");
      await utimes(join(root, "ünïcode name.txt"), 1_000_000_000, 1_000_000_000);
      await symlink("sub/tool.sh", join(root, "link"));
      await run("mkdir", "-p", `${under.remote}/tree/old`);
      await run("touch", `${under.remote}/tree/old/file`);
      await under.transport.put(root, `${under.remote}/tree`);
      expect((await run("sh", `${under.remote}/tree/link`)).out).toBe("hi\n");
      expect((await run("ls", "-A", under.remote + "/tree")).out).not.toContain("old");
      await under.transport.get(`${under.remote}/tree`, join(under.local, "tree-back"));
      const back = join(under.local, "tree-back");
      expect((await readdir(back)).sort()).toEqual(["link", "sub", "ünïcode name.txt"].sort());
      expect(await readdir(join(back, "sub/empty"))).toEqual([]);
      expect((await stat(join(back, "sub/tool.sh"))).mode & 0o777).toBe(0o755);
      expect(Math.round((await stat(join(back, "ünïcode name.txt"))).mtimeMs / 1000)).toBe(1_000_000_000);
      expect((await lstat(join(back, "link"))).isSymbolicLink()).toBe(true);
      expect(await readlink(join(back, "link"))).toBe("sub/tool.sh");
    });

    test("what is not there is said by name", async () => {
      await expect(under.transport.put(join(under.local, "absent"), `${under.remote}/x`)).rejects.toMatchObject({
        code: "file-not-found",
        message: expect.stringContaining("absent") as string,
      });
      await expect(under.transport.get(`${under.remote}/absent`, join(under.local, "x"))).rejects.toMatchObject({
        code: "file-not-found",
      });
    });

    test("says what the machine is", async () => {
      const facts = await under.transport.probe();
      expect(facts.hostname).not.toBe("");
      expect(facts.home.startsWith("/")).toBe(true);
    });
  });
}

function ended(started: RemoteProcess): RemoteProcess["exit"] {
  started.stdout.resume();
  started.stderr.resume();
  return started.exit;
}

function firstLine(stream: Readable): Promise<string> {
  return new Promise((resolve) => stream.once("data", (chunk: Buffer) => resolve(chunk.toString())));
}

/** Whether a process vanishes on the machine; a signal takes a moment to arrive. */
async function gone(run: (...argv: [string, ...string[]]) => Promise<{ code: number | null }>, pid: string) {
  for (let round = 0; round < 200; round++) {
    const { code } = await run(
      "sh",
      "-c",
      'kill -0 "$1" 2>/dev/null && ! grep -q "^State:.Z" "/proc/$1/status"',
      "sh",
      pid,
    );
    if (code !== 0) return true;
  }
  return false;
}
