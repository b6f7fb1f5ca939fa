import { execFileSync } from "node:child_process";
import { createServer } from "node:net";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EngineRecord } from "#contract/engineRecord.ts";
import { notBuilt } from "../cli/built.ts";
import { ControlGroup } from "./harness/controlGroup.ts";
import { dist, engineLog } from "./harness/engineProcess.ts";
import { FakeClock } from "./harness/fakeClock.ts";
import { expectAllHolds, isWide, usual } from "./harness/holds.ts";
import { lives, processesWith, until } from "./harness/processes.ts";
import { Scene } from "./harness/scene.ts";

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene.dispose());

const title = (words: string, missing: string | undefined) => `${words}${missing ? `: ${missing}` : ""}`;
const record = () => JSON.parse(readFileSync(join(scene.home, "engine.json"), "utf8")) as EngineRecord;

describe.skipIf(notBuilt)(title("a machine that fails", notBuilt), { timeout: 300_000 }, () => {
  const noClock = FakeClock.missing;
  it.skipIf(noClock)(
    title("F22 a clock that is set forward and back ends no job, reorders nothing, and no time is negative", noClock),
    async () => {
      const clock = new FakeClock(join(scene.folder, "clock"));
      clock.set("+3h");
      await scene.start([], { env: clock.env });
      await scene.submit({ ...usual, name: "first", lines: 150, pause: 0.02, timeout: 600 });
      await scene.lines("first", 10);
      for (const offset of ["+30h", "-1h", "+30d", "-2h", "+0"]) {
        clock.set(offset);
        scene.history.add({ what: "fault", fault: `clock ${offset}` });
        await scene.submit({ ...usual, name: `at${offset.replace(/\W/gu, "_")}` });
        await scene.look();
      }
      await expectAllHolds(scene);
      const db = new Database(join(scene.home, "store/slipway.db"), { readonly: true });
      const jobs = db
        .prepare<[], { name: string; took: number; kept: number; order: number }>(
          `SELECT name, ended_at - started_at AS took, ended_at - created_at AS kept,
             (SELECT count(*) FROM job_changes a JOIN job_changes b ON b.run_id = a.run_id AND b.id > a.id AND b.at < a.at
              WHERE a.run_id = jobs.run_id) AS "order" FROM jobs`,
        )
        .all();
      db.close();
      expect(jobs.length).toBe(6);
      for (const { name, took, order } of jobs)
        expect({ name, took: took >= 0, order }).toEqual({ name, took: true, order: 0 });
    },
  );

  const noMemory = ControlGroup.missing("memory");
  it.skipIf(noMemory)(
    title(
      "F23 a program that the kernel ends for lack of memory fails for that, and says by what it is known",
      noMemory,
    ),
    async () => {
      const group = ControlGroup.make("memory", String(400 * 1024 * 1024));
      try {
        const hog = (child: boolean) => `
hog = "b = []\\nwhile True: b.append(bytearray(1 << 20))"
if ${child ? "True" : "False"}:
    raise SystemExit(subprocess.run([sys.executable, "-c", hog]).returncode and 1)
exec(hog)
`;
        await scene.start(group.wrapper, { isStruck: false });
        for (const [name, child] of [
          ["itself", false],
          ["child", true],
        ] as const) {
          scene.history.add({ what: "fault", fault: "memory limit", job: name });
          await scene.submit({ ...usual, name, then: hog(child) });
        }
        await scene.submit({ ...usual, name: "other" });
        await expectAllHolds(scene);
        for (const name of ["itself", "child"]) {
          expect(await scene.error(name)).toMatchObject({ class: "memory", code: "OutOfMemory" });
          const exit = JSON.parse(
            readFileSync(join(scene.home, `targets/local/jobs/default/${name}/1/exit.json`), "utf8"),
          ) as {
            evidence: { oom: { source: string; kills: number } };
          };
          expect(exit.evidence.oom).toMatchObject({ source: "cgroup" });
          expect(exit.evidence.oom.kills).toBeGreaterThan(0);
        }
        expect(await scene.status("other")).toBe("Completed");
      } finally {
        await scene.dispose();
        await group.dispose();
      }
    },
  );

  const noPids = ControlGroup.missing("pids");
  it.skipIf(noPids)(
    title("F24 a program that forks without end is bounded, the engine works on, and a cancel ends all of it", noPids),
    async () => {
      const group = ControlGroup.make("pids", "400");
      try {
        await scene.start(group.wrapper, { isStruck: false });
        await scene.submit({ ...usual, name: "before" });
        const bomb = `
def grow():
    while True:
        try:
            os.fork()
        except OSError:
            note("bounded", ".")
            time.sleep(0.2)
grow()
`;
        await scene.submit({ ...usual, name: "bomb", then: bomb });
        await until("a fork that was refused", () => scene.noted("bomb", "bounded"));
        scene.history.add({ what: "fault", fault: "no more processes" });
        await scene.look();
        expect(await scene.submit({ ...usual, name: "beside" })).toBe("accepted");
        await until("a job beside it", async () => (await scene.status("beside")) === "Completed");
        await scene.cancel("bomb");
        await expectAllHolds(scene);
        expect(await scene.status("bomb")).toBe("Canceled");
      } finally {
        await scene.dispose();
        await group.dispose();
      }
    },
  );

  it("F29 few open files: the engine refuses by name and goes on, or says why it does not start", async () => {
    for (const limit of isWide ? [24, 44, 52, 56, 60, 64, 68, 72, 76, 80, 96] : [24, 56, 60, 64, 68]) {
      const engine = await scene.start(["prlimit", `--nofile=${limit}`], { isStruck: false });
      if (!engine) {
        expect(engineLog(scene.home)).toMatch(/open files|Too many files|EMFILE|ulimit/u);
        continue;
      }
      await scene.submit({ ...usual, name: `with${limit}` });
      await scene.look();
      expect(engine.lives, engineLog(scene.home)).toBe(true);
      await engine.kill("SIGTERM");
    }
    await scene.start();
    expect(await scene.submit({ ...usual, name: "enough" })).toBe("accepted");
    for (const name of [...scene.programs.keys()])
      if ((await scene.status(name)) === undefined) scene.programs.delete(name);
    await expectAllHolds(scene);
  });

  it("F29 a port that is taken: the engine takes another and says which", async () => {
    await (await scene.start())?.kill("SIGTERM");
    const db = new Database(join(scene.home, "store/slipway.db"), { readonly: true });
    const { value } = db.prepare<[], { value: string }>("SELECT value FROM settings WHERE key = 'tcp-port'").get() ?? {
      value: "",
    };
    db.close();
    const taken = createServer().listen(Number(value), "127.0.0.1");
    try {
      await until("a port that is taken", () => taken.listening);
      await scene.start();
      const port = new URL(record().url).port;
      expect(port).not.toBe(value);
      expect(await scene.submit({ ...usual, name: "elsewhere" })).toBe("accepted");
      await expectAllHolds(scene);
    } finally {
      taken.close();
    }
  });

  const noInotify = inotifyMissing();
  it.skipIf(noInotify)(title("F29 no inotify watch is to be had: nothing needs one", noInotify), async () => {
    const without = "echo 0 > /proc/sys/user/max_inotify_watches; echo 0 > /proc/sys/user/max_inotify_instances";
    await scene.start(["unshare", "-Ur", "/bin/sh", "-c", `${without}; exec "$@"`, "sh"], { isStruck: false });
    expect(await scene.submit({ ...usual, name: "unwatched" })).toBe("accepted");
    await expectAllHolds(scene);
  });

  const noFreezer = ControlGroup.missing("freezer");
  it.skipIf(noFreezer)(
    title("F32 engine and jobs that sleep with the machine go on where they were", noFreezer),
    async () => {
      const group = ControlGroup.make("freezer");
      try {
        await scene.start(group.wrapper, { isStruck: false });
        await scene.submit({ ...usual, name: "sleeper", lines: 200, pause: 0.01, timeout: 120 });
        await scene.lines("sleeper", 20);
        scene.history.add({ what: "fault", fault: "asleep" });
        group.freeze();
        try {
          // Longer than any silence after which a link or a heartbeat is given up.
          await delay(isWide ? 60_000 : 5_000);
        } finally {
          group.thaw();
        }
        expect(await scene.submit({ ...usual, name: "awake" })).toBe("accepted");
        await expectAllHolds(scene);
        expect(await scene.status("sleeper")).toBe("Completed");
      } finally {
        group.thaw();
        await scene.dispose();
        await group.dispose();
      }
    },
  );

  it("F32 a newer engine takes over the database and the running jobs of an older one; an older one refuses a newer store", async () => {
    await scene.start();
    await scene.submit({ ...usual, name: "before" });
    await scene.submit({ ...usual, name: "through", lines: 300, pause: 0.01 });
    await scene.lines("through", 30);
    const newer = mkdtempSync(join(tmpdir(), "slipway-newer-"));
    try {
      cpSync(dist, newer, { recursive: true });
      writeFileSync(join(newer, "build.json"), JSON.stringify({ version: "9.9.9", build: "newer" }));
      await scene.engine?.kill("SIGTERM");
      await scene.start([], { build: newer });
      expect(record()).toMatchObject({ build: "newer", version: "9.9.9" });
      expect(await scene.submit({ ...usual, name: "after" })).toBe("accepted");
      await expectAllHolds(scene);
      expect(await scene.status("through")).toBe("Completed");
    } finally {
      rmSync(newer, { recursive: true, force: true });
    }
    await scene.engine?.kill("SIGTERM");
    const db = new Database(join(scene.home, "store/slipway.db"));
    const version = db.pragma("user_version", { simple: true }) as number;
    db.pragma(`user_version = ${version + 1}`);
    db.close();
    expect(await scene.start()).toBeUndefined();
    expect(engineLog(scene.home)).toMatch(/has version \d+; this Slipway knows \d+.*Update Slipway/u);
  });

  it("F16 an engine that is stopped for a while and let go: no call is answered twice, all goes on", async () => {
    const engine = await scene.start();
    await scene.submit({ ...usual, name: "held", lines: 150, pause: 0.01 });
    await scene.lines("held", 20);
    const link = processesWith(scene.home, "\0link\0").filter(lives);
    for (const pid of [engine?.pid as number, ...link]) process.kill(pid, "SIGSTOP");
    scene.history.add({ what: "fault", fault: "engine and link stopped" });
    await scene.lines("held", 120);
    for (const pid of [engine?.pid as number, ...link]) process.kill(pid, "SIGCONT");
    await expectAllHolds(scene);
    expect(await scene.status("held")).toBe("Completed");
  });
});

function inotifyMissing(): string | undefined {
  if (process.platform !== "linux") return "needs Linux";
  try {
    const script = "echo 0 > /proc/sys/user/max_inotify_watches";
    execFileSync("unshare", ["-Ur", "/bin/sh", "-c", script], { stdio: "pipe" });
    return undefined;
  } catch {
    return "needs the right to make a user namespace";
  }
}
