import {
  appendFileSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import type { EngineRecord } from "#contract/engineRecord.ts";
import { notBuilt } from "../cli/built.ts";
import { EngineProcess, engineLog } from "./harness/engineProcess.ts";
import { usual } from "./harness/holds.ts";
import { until } from "./harness/processes.ts";
import { Random } from "../random.ts";
import { Scene } from "./harness/scene.ts";
import { SmallDisk } from "./smallDisk.ts";

let scene: Scene;
afterEach(() => scene.dispose());

describe.skipIf(notBuilt)(`the store under faults${notBuilt ? `: ${notBuilt}` : ""}`, { timeout: 180_000 }, () => {
  const whyNoDisk = SmallDisk.missing;
  it.skipIf(whyNoDisk)(
    `F6 a full disk refuses new jobs, running ones go on, and all is there once there is space${whyNoDisk ? `: ${whyNoDisk}` : ""}`,
    async () => {
      const disk = SmallDisk.mount(48);
      try {
        scene = new Scene({ home: join(disk.path, "home") });
        // The jobs' own disk has room.
        mkdirSync(join(scene.folder, "targets"));
        mkdirSync(scene.home, { mode: 0o700 });
        symlinkSync(join(scene.folder, "targets"), join(scene.home, "targets"));
        await scene.start();
        await scene.submit({ ...usual, name: "before" });
        await scene.submit({ ...usual, name: "through", lines: 300, pause: 0.01, metricEvery: 2, uploadEvery: 40 });
        await scene.lines("through", 40);

        const filler = join(disk.path, "filler");
        fill(filler);
        expect(await scene.submit({ ...usual, name: "refused" })).toBe("refused");
        await scene.look();
        await scene.lines("through", 120);
        await scene.readLog("through", 0);
        expect(await scene.submit({ ...usual, name: "refused2" })).toBe("refused");
        await scene.lines("through", 300);
        await scene.look();
        expect(scene.engine?.lives).toBe(true);

        rmSync(filler);
        expect(await scene.submit({ ...usual, name: "after" })).toBe("accepted");
        expect(await scene.violations()).toEqual([]);
      } finally {
        await scene.engine?.kill();
        await scene.dispose();
        disk.dispose();
      }
    },
  );

  it.skipIf(whyNoDisk)(
    `F7 a full disk of the jobs loses no byte of a log, no metric and no output, once there is space${whyNoDisk ? `: ${whyNoDisk}` : ""}`,
    async () => {
      const disk = SmallDisk.mount(24);
      try {
        scene = new Scene();
        mkdirSync(scene.home, { mode: 0o700 });
        symlinkSync(disk.path, join(scene.home, "targets"));
        await scene.start();
        await scene.submit({ ...usual, name: "squeezed", lines: 400, pause: 0.005, metricEvery: 1, uploadEvery: 10 });
        for (const line of [30, 120, 220]) {
          await scene.lines("squeezed", line);
          const filler = join(disk.path, "filler");
          fill(filler);
          await until("a write that found no space", () => scene.noted("squeezed", "full"));
          await scene.look();
          rmSync(filler);
          rmSync(scene.note("squeezed", "full"));
        }
        expect(await scene.violations()).toEqual([]);
      } finally {
        await scene.engine?.kill();
        await scene.dispose();
        disk.dispose();
      }
    },
  );

  it.skipIf(whyNoDisk)(
    `F6 an engine that starts on a full disk says so, sets nothing aside, and starts once there is space${whyNoDisk ? `: ${whyNoDisk}` : ""}`,
    async () => {
      const disk = SmallDisk.mount(48);
      try {
        scene = new Scene({ home: join(disk.path, "home") });
        await scene.start();
        await scene.submit({ ...usual, name: "before" });
        expect(await scene.violations()).toEqual([]);
        await scene.engine?.kill("SIGTERM");
        const filler = join(disk.path, "filler");
        for (const kilobytes of [0, 8, 40, 300, 2000]) {
          fill(filler);
          truncateSync(filler, Math.max(0, statSync(filler).size - kilobytes * 1024));
          const engine = await EngineProcess.start(scene.home);
          // With some room it may start; then it works as far as it goes.
          if (engine) await engine.kill(kilobytes === 300 ? "SIGTERM" : "SIGKILL");
          else if (kilobytes > 4) expect(engineLog(scene.home)).toMatch(/disk is full.*Free some space/u);
          rmSync(filler);
        }
        expect(engineLog(scene.home)).not.toContain("damaged");
        expect(await scene.submit({ ...usual, name: "unknown" })).toBe("unknown");
        await scene.start();
        expect(await scene.submit({ ...usual, name: "after" })).toBe("accepted");
        expect(await scene.violations()).toEqual([]);
      } finally {
        await scene.engine?.kill();
        await scene.dispose();
        disk.dispose();
      }
    },
  );

  it("F8 a database with damaged pages is set aside, the newest copy takes its place, and that is said", async () => {
    scene = new Scene();
    await scene.start();
    await scene.submit({ ...usual, name: "kept" });
    expect(await scene.violations()).toEqual([]);
    const path = join(scene.home, "store/slipway.db");
    await copyAsTheEngineDoes(path, join(scene.home, "store/backups"));
    await scene.submit({ ...usual, name: "newer" });
    await scene.lines("newer", usual.lines);
    await scene.killEngine();

    const random = new Random(8);
    const file = openSync(path, "r+");
    for (let page = 0; page < 6; page++)
      writeSync(file, randomBytes(4096), 0, 4096, 4096 * random.whole(1, statSync(path).size / 4096 - 2));
    closeSync(file);
    rmSync(`${path}-wal`, { force: true });
    const damaged = readFileSync(path);

    await scene.start();
    const said = engineLog(scene.home);
    expect(said).toMatch(/The store was damaged \(.*\); the copy .*\.db took its place\. The damaged files are in /u);
    const aside = /The damaged files are in (.*)\.$/mu.exec(said)?.[1] ?? "";
    expect(readFileSync(join(aside, "slipway.db")).equals(damaged)).toBe(true);
    // What was accepted after the copy is known to be lost: everything else holds, and the engine works on.
    scene.forget("newer");
    expect(await scene.submit({ ...usual, name: "later" })).toBe("accepted");
    expect(await scene.violations()).toEqual([]);
  });

  it("F10 of many engines one lives; the others name it and end; a stale record misleads nobody", async () => {
    scene = new Scene();
    await (await scene.start())?.kill("SIGTERM");
    const first = await Promise.all(Array.from({ length: 5 }, () => EngineProcess.start(scene.home)));
    const [pid] = new Set(first.flatMap((engine) => (engine ? [engine.pid] : [])));
    scene.engine = first.find((engine) => engine?.lives && engine.isOwn);
    expect(scene.engine?.pid).toBe(pid);
    await scene.submit({ ...usual, name: "one", lines: 200, pause: 0.01 });
    await scene.lines("one", 10);
    const second = await EngineProcess.start(scene.home);
    expect(second?.isOwn ?? false).toBe(false);
    await second?.ended();
    const record = JSON.parse(readFileSync(join(scene.home, "engine.json"), "utf8")) as EngineRecord;
    expect(record.pid).toBe(pid);
    expect(engineLog(scene.home)).toContain(
      `Another engine owns ${scene.home}. Process ${pid} answers at ${record.socket}.`,
    );

    await scene.killEngine();
    // Its number belongs to another program by now: this one.
    writeFileSync(join(scene.home, "engine.json"), JSON.stringify({ ...record, pid: process.pid }));
    expect(await scene.submit({ ...usual, name: "nobody" })).toBe("unknown");
    await scene.start();
    expect(await scene.submit({ ...usual, name: "two" })).toBe("accepted");
    expect(await scene.violations()).toEqual([]);
  });
});

/** Takes all the space that is left, to the last page. */
function fill(path: string): void {
  writeFileSync(path, "");
  for (const size of [1024 * 1024, 4096]) {
    const chunk = Buffer.alloc(size);
    try {
      for (;;) appendFileSync(path, chunk);
    } catch (full) {
      if ((full as NodeJS.ErrnoException).code !== "ENOSPC") throw full;
    }
  }
}

/** The hourly copy, made now by the engine's own worker. */
async function copyAsTheEngineDoes(path: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const place = join(folder, `${new Date().toISOString().replaceAll(":", "-")}.db`);
  const script = join(import.meta.dirname, "../../dist/engine/store/backupWorker.js");
  await new Promise<void>((resolve, reject) => {
    const worker = new Worker(script, { workerData: { path, to: `${place}.new` } });
    worker.once("error", reject);
    worker.once("exit", () => resolve());
  });
  copyFileSync(`${place}.new`, place);
  rmSync(`${place}.new`);
}
