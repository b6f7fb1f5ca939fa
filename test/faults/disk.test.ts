import { join } from "node:path";
import { readFileSync, rmSync, writeFileSync, openSync, writeSync, closeSync, truncateSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Random } from "../random.ts";
import { notBuilt } from "../cli/built.ts";
import { engineLog } from "./harness/engineProcess.ts";
import { expectAllHolds, isWide, seed, usual } from "./harness/holds.ts";
import { LoopDisk } from "./harness/loopDisk.ts";
import { until } from "./harness/processes.ts";
import { Scene } from "./harness/scene.ts";
import { delayed, Injection, killedAtCall, noStrace } from "./harness/strace.ts";
import { SmallDisk } from "./smallDisk.ts";

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene.dispose());

const title = (words: string, missing: string | undefined) => `${words}${missing ? `: ${missing}` : ""}`;
const syncs = "fsync,fdatasync";

describe.skipIf(notBuilt)(
  `disks that fail, seed ${seed}${notBuilt ? `: ${notBuilt}` : ""}`,
  { timeout: 600_000 },
  () => {
    it.skipIf(noStrace)(
      title("F2 the engine killed at a write, a rename, a removal, a message", noStrace),
      async () => {
        const random = new Random(seed);
        const calls: [string, number][] = [
          ["pwrite64", 60],
          ["rename,renameat,renameat2", 5],
          ["unlink,unlinkat", 6],
          ["sendto,sendmsg,write,writev", 150],
        ];
        const times = isWide ? 15 : 1;
        let round = 0;
        for (const [call, most] of calls) {
          for (let time = 0; time < times; time++) {
            const nth = random.whole(1, most);
            const name = `at${round++}`;
            scene.history.add({ what: "fault", fault: `engine killed at ${call} ${nth}` });
            const engine = await scene.start(killedAtCall(call, nth));
            const program = { ...usual, name, lines: 40 };
            if (engine) {
              const outcome = await scene.submit(program);
              if (outcome === "accepted") await Promise.race([engine.gone(), scene.lines(name, program.lines)]);
              await scene.look();
              await engine.kill();
            }
            await scene.start();
            if (!scene.programs.has(name)) await scene.submit(program);
            await scene.look();
            await scene.engine?.kill();
          }
        }
        await expectAllHolds(scene);
      },
    );

    it.skipIf(noStrace)(
      title(
        "F3 a disk that does not sync: nothing is acknowledged, the engine says that it is read-only, and goes on",
        noStrace,
      ),
      async () => {
        const engine = await scene.start();
        await scene.submit({ ...usual, name: "before" });
        await scene.submit({ ...usual, name: "through", lines: 200, pause: 0.01 });
        await scene.lines("through", 20);
        const injection = await Injection.fail(engine?.pid as number, syncs, "EIO");
        try {
          scene.history.add({ what: "fault", fault: "no sync" });
          expect(await scene.submit({ ...usual, name: "refused" }), JSON.stringify(scene.history.seen.at(-1))).toBe(
            "refused",
          );
          const said = await until("a store that is said to be read-only", async () => {
            const store = await scene.store();
            return store?.state === "read-only" && store.detail;
          });
          expect(said).toMatch(/cannot be written.*Check the disk/u);
          await scene.look();
          await scene.lines("through", 120);
          expect(await scene.submit({ ...usual, name: "refused2" })).toBe("refused");
          expect(engine?.lives).toBe(true);
        } finally {
          await injection.stop();
        }
        await until("a store that can be written", async () => (await scene.store())?.state === "ok");
        expect(engineLog(scene.home)).toContain("The store can be written again.");
        expect(await scene.submit({ ...usual, name: "after" })).toBe("accepted");
        // What was on the disk before is all that a power cut would leave.
        await scene.killEngine();
        await scene.start();
        await expectAllHolds(scene);
      },
    );

    const noLoop = LoopDisk.missing;
    it.skipIf(noLoop)(
      title("F4 the power goes: what was acknowledged is there, and nothing is damaged", noLoop),
      async () => {
        const random = new Random(seed);
        for (let cut = 0; cut < (isWide ? 12 : 1); cut++) {
          const disk = LoopDisk.make(256);
          scene = new Scene({ home: join(disk.path, "home") });
          try {
            await scene.start();
            await scene.submit({ ...usual, name: "over" });
            await until("the end of a job", async () => (await scene.status("over")) === "Completed");
            await scene.look();
            const lines = random.whole(30, 200);
            await scene.submit({ ...usual, name: "runs", lines: 400, pause: 0.004, metricEvery: 1, uploadEvery: 9 });
            await scene.lines("runs", lines);
            await scene.submit({ ...usual, name: "last" });
            await scene.powerOff(() => disk.cut());
            disk.reboot();
            await scene.start();
            expect(await scene.submit({ ...usual, name: "next" })).toBe("accepted");
            await expectAllHolds(scene);
          } finally {
            await scene.engine?.kill();
            await scene.dispose();
            disk.dispose();
          }
        }
      },
    );

    it.skipIf(noStrace)(title("F5 a slow disk holds up what must be on it, and nothing else", noStrace), async () => {
      const lag = join(scene.folder, "lag");
      await scene.start(delayed(syncs, 100_000), {
        isStruck: false,
        env: { NODE_OPTIONS: `--import=${lagMeter(lag)}` },
      });
      for (const name of ["a", "b"])
        expect(await scene.submit({ ...usual, name, lines: 60, metricEvery: 1 })).toBe("accepted");
      for (let look = 0; look < 20; look++) await scene.look();
      await scene.lines("b", 60);
      await expectAllHolds(scene);
      process.stdout.write(`F5: event loop lag at most ${readFileSync(lag, "utf8")} ms with syncs of 100 ms\n`);
    });

    const noDisk = SmallDisk.missing;
    it.skipIf(noDisk)(
      title("F7 a disk without a free inode: no half of a file is shown, and all is there once there is one", noDisk),
      async () => {
        const disk = SmallDisk.mount(64, 800);
        try {
          scene = new Scene({ home: join(disk.path, "home") });
          await scene.start();
          await scene.submit({ ...usual, name: "before" });
          await until("the end of a job", async () => (await scene.status("before")) === "Completed");
          await scene.submit({ ...usual, name: "through", lines: 200, pause: 0.01, uploadEvery: 5 });
          await scene.lines("through", 40);
          const taken: string[] = [];
          try {
            for (;;) {
              const path = join(disk.path, `filler${taken.length}`);
              writeFileSync(path, "");
              taken.push(path);
            }
          } catch (full) {
            expect((full as NodeJS.ErrnoException).code).toBe("ENOSPC");
          }
          scene.history.add({ what: "fault", fault: "no inode" });
          await scene.submit({ ...usual, name: "squeezed" });
          await until("a write that found no inode", () => scene.noted("through", "full"));
          await scene.look();
          expect(scene.engine?.lives).toBe(true);
          for (const path of taken) rmSync(path);
          expect(await scene.submit({ ...usual, name: "after" })).toBe("accepted");
          scene.programs.delete("squeezed");
          await expectAllHolds(scene);
        } finally {
          await scene.engine?.kill();
          await scene.dispose();
          disk.dispose();
        }
      },
    );
  },
);

/** A module that notes the longest time for which the event loop of a process stood still (ms). */
function lagMeter(file: string): string {
  const path = `${file}.mjs`;
  writeFileSync(
    path,
    `import { writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";
if (isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  setTimeout(() => delay.enable(), 3000).unref();
  setInterval(() => writeFileSync(${JSON.stringify(file)}, String(Math.round(delay.max / 1e6))), 200).unref();
}
`,
  );
  return path;
}

describe.skipIf(notBuilt)(`files that are taken away${notBuilt ? `: ${notBuilt}` : ""}`, { timeout: 180_000 }, () => {
  const db = () => join(scene.home, "store/slipway.db");
  const damages: [string, string, () => void][] = [
    ["truncated", "The store was damaged", () => truncateSync(db(), 30_000)],
    [
      "without its header",
      "The store was damaged",
      () => {
        const file = openSync(db(), "r+");
        writeSync(file, Buffer.alloc(100), 0, 100, 0);
        closeSync(file);
      },
    ],
    ["without its write-ahead log", "The write-ahead log was removed", () => rmSync(`${db()}-wal`)],
    ["gone", "The store was damaged (the database file is gone)", () => rmSync(db())],
  ];
  it.each(isWide ? damages : damages.slice(2))(
    "F9 a database %s: it is said, and what runs is taken up",
    async (_how, words, damage) => {
      await scene.start();
      await scene.submit({ ...usual, name: "runs", lines: 300, pause: 0.01 });
      await scene.lines("runs", 20);
      await scene.killEngine();
      damage();
      scene.history.add({ what: "fault", fault: "files taken away" });
      await scene.start();
      const store = await scene.store();
      expect(store?.state).toBe("restored");
      expect(store?.detail).toContain(words);
      expect(await scene.submit({ ...usual, name: "after" })).toBe("accepted");
      await expectAllHolds(scene);
    },
  );
});
