import { existsSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { JobDebugging } from "#contract/routes/debug.ts";
import { KnownTargets } from "#engine/jobs/knownTargets.ts";
import { DebuggedPrograms } from "#engine/scheduler/debuggedPrograms.ts";
import { LocalTransport } from "#transport/local/localTransport.ts";
import { root } from "../../../tools/process/run.ts";
import { World, type Engine } from "./world.ts";

const answers = { allow_home: false, skip_parent_ignored: false, allow_secrets: false };
/** The first job installs uv and debugpy. */
const slow = 120_000;
const cannotAttach =
  process.platform !== "linux" ||
  process.getuid?.() !== 0 ||
  !(process.env["PATH"] ?? "").split(":").some((folder) => existsSync(join(folder, "gdb")));

describe("jobs that are submitted with debug", () => {
  let world: World;
  let engine: Engine;
  let programs: DebuggedPrograms;
  beforeAll(async () => {
    world = await World.make();
    engine = await world.open({ concurrency: 4, realEnvironments: true });
    const transport = new LocalTransport();
    const local = { name: "local", runner: engine.runner, transport, root: world.home, concurrency: null };
    const targets = new KnownTargets({ targets: [local], defaultOf: () => Promise.resolve("local") });
    programs = new DebuggedPrograms({ store: engine.store, targets, pythonFolder: join(root, "python") });
  });
  afterAll(() => world.dispose());

  const submit = async (text: string, debugging: { debug?: boolean; debug_wait_s?: number }) => {
    const file = await world.project({ "train.py": text });
    return engine.jobs.submit("default", { source: { file, overrides: [] }, answers, ...debugging }, "tester");
  };
  const debugging = async (name: string) => programs.of(await engine.jobs.row("default", name));
  const listening = async (name: string): Promise<JobDebugging> => {
    const end = performance.now() + slow;
    for (;;) {
      const found = await debugging(name);
      if (found.programs.length > 0 || performance.now() > end) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  test(
    "a program listens on loopback, says where, and waits for nobody unless asked to",
    async () => {
      const { name } = await submit("import time\nwhile True: time.sleep(0.05)\n", { debug: true });
      const found = JobDebugging.parse(await listening(name));
      expect(found.debug).toBe(true);
      expect(found.code.remote).toMatch(/\/wd$/);
      expect(found.programs).toMatchObject([{ host: "127.0.0.1" }]);
      const [program] = found.programs;
      const socket = connect(program?.port ?? 0, program?.host ?? "");
      await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
      socket.destroy();
      await engine.jobs.cancel("default", name, "tester");
      expect((await engine.ended(name)).status).toBe("Canceled");
    },
    slow,
  );

  test(
    "a program that waits for a debugger starts without one after its limit, and says so in the log",
    async () => {
      const { name } = await submit("print('ran')\n", { debug: true, debug_wait_s: 0.3 });
      expect(await engine.ended(name, slow)).toMatchObject({ status: "Completed", exit_code: 0 });
      const log = (await engine.readLog(name)).toString();
      expect(log).toContain("slipway: no debugger came within 0.3 s, the program starts without one\n");
      expect(log).toContain("ran\n");
    },
    slow,
  );

  test(
    "a job that is let go waits no longer",
    async () => {
      const { name } = await submit("print('ran')\n", { debug: true, debug_wait_s: 3600 });
      await listening(name);
      await programs.release(await engine.jobs.row("default", name));
      expect((await engine.ended(name, slow)).status).toBe("Completed");
      expect((await engine.readLog(name)).toString()).toBe("ran\n");
    },
    slow,
  );

  test("a job without debug has no door, and cannot be let go", async () => {
    const { name } = await submit("import os\nprint('SLIPWAY_DEBUG_FOLDER' in os.environ)\n", {});
    await engine.ended(name);
    expect((await engine.readLog(name)).toString()).toBe("False\n");
    expect(await debugging(name)).toMatchObject({ debug: false, programs: [] });
    await expect(programs.release(await engine.jobs.row("default", name))).rejects.toMatchObject({ code: "conflict" });
  });

  test.skipIf(cannotAttach)(
    `a program that was started without debug is attached to by its pid, and goes on${cannotAttach ? ": ptrace or gdb is missing" : ""}`,
    async () => {
      const { name } = await submit(
        "import time\nprint('begun', flush=True)\nfor _ in range(4000): time.sleep(0.05)\n",
        {},
      );
      await vi.waitFor(async () => expect((await engine.readLog(name)).toString()).toContain("begun"), {
        timeout: slow,
        interval: 100,
      });
      const row = await engine.jobs.row("default", name);
      await expect(programs.attach(row, 1)).rejects.toMatchObject({ code: "conflict" });
      await programs.attach(row, undefined);
      const { debug, code, programs: found } = await debugging(name);
      expect({ debug, found }).toMatchObject({ debug: false, found: [{ host: "127.0.0.1" }] });
      expect(code.local).toBeTruthy();
      const socket = connect(found[0]?.port ?? 0, found[0]?.host ?? "");
      await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
      socket.destroy();
      // Who listens already is left alone.
      await programs.attach(row, found[0]?.pid);
      expect((await debugging(name)).programs).toEqual(found);
      await engine.jobs.cancel("default", name, "tester");
      const ended = await engine.ended(name);
      expect(ended.status).toBe("Canceled");
      await expect(programs.attach(await engine.jobs.row("default", name), undefined)).rejects.toMatchObject({
        code: "conflict",
      });
    },
    slow,
  );

  test(
    "a debugger that cannot be installed fails the job before it starts, with the next step",
    async () => {
      const index = process.env["PIP_INDEX_URL"];
      const apart = await World.make();
      onTestFinished(async () => {
        if (index === undefined) delete process.env["PIP_INDEX_URL"];
        else process.env["PIP_INDEX_URL"] = index;
        await apart.dispose();
      });
      process.env["PIP_INDEX_URL"] = "http://127.0.0.1:9/simple";
      process.env["PIP_RETRIES"] = "0";
      const other = await apart.open({ realEnvironments: true });
      const file = await apart.project({ "train.py": "print('ran')\n" });
      const request = { source: { file, overrides: [] }, answers, debug: true };
      const { name } = await other.jobs.submit("default", request, "tester");
      const job = await other.ended(name, slow);
      expect(job).toMatchObject({ status: "Failed", exit_code: null });
      expect(job.error?.message).toMatch(/could not be installed/);
    },
    slow,
  );
});
