import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DirectRunner } from "#engine/compute/direct/directRunner.ts";
import type { LocalTransport } from "#transport/local/localTransport.ts";
import { makeAttempt, makeTarget, Recorder, shell } from "./target.ts";

const start = { log: {}, journal: 0, samples: 0 };

describe("the direct runner", () => {
  let target: Awaited<ReturnType<typeof makeTarget>>;
  let runner: DirectRunner;
  let transport: LocalTransport;
  beforeAll(async () => {
    target = await makeTarget();
    ({ runner, transport } = target.open());
  });
  afterAll(async () => {
    await runner.dispose();
    await transport.close();
    await target.dispose();
  });

  test("runs a command: its bytes, then its exit", async () => {
    const ref = await makeAttempt(runner, "hello");
    await runner.stage(ref, shell(ref, "echo out; echo err >&2; exit 3"));
    expect(await runner.launch(ref)).toBe("started");
    const recorder = new Recorder();
    runner.observe(ref, start, recorder);
    expect(await recorder.ended).toMatchObject({ code: 3, reason: "exited" });
    expect(recorder.text()).toBe("out\nerr\n");
    expect(recorder.faults).toEqual([]);
    expect(recorder.states.at(-1)?.boot_id).not.toBe("");
  });

  test("three launches of one attempt start it once", async () => {
    const ref = await makeAttempt(runner, "once");
    await runner.stage(ref, shell(ref, "echo ran >> ../count; sleep 0.2"));
    const answers = await Promise.all([runner.launch(ref), runner.launch(ref), runner.launch(ref)]);
    expect(answers.sort()).toEqual(["duplicate", "duplicate", "started"]);
    const recorder = new Recorder();
    runner.observe(ref, start, recorder);
    await recorder.ended;
    expect(await readFile(`${ref.folder}/count`, "utf8")).toBe("ran\n");
  });

  test("a canceled start leaves its record without running the program", async () => {
    const ref = await makeAttempt(runner, "never");
    await runner.stage(ref, shell(ref, "touch ../ran"));
    expect(await runner.launch(ref, { canceled: true })).toBe("started");
    const recorder = new Recorder();
    runner.observe(ref, start, recorder);
    expect(await recorder.ended).toMatchObject({ reason: "canceled" });
    await expect(readFile(`${ref.folder}/ran`)).rejects.toThrow();
  });

  test("an attempt can be taken over from any byte", async () => {
    const ref = await makeAttempt(runner, "adopt");
    await runner.stage(ref, shell(ref, "printf 0123456789; while [ ! -e ../go ]; do sleep 0.02; done; echo end"));
    await runner.launch(ref);
    const first = new Recorder();
    const observation = runner.observe(ref, start, first);
    await until(() => first.text() === "0123456789");
    observation.stop();
    const second = new Recorder();
    second.log_.set(0, Buffer.from("0123"));
    runner.observe(ref, { log: { 0: 4 }, journal: 0, samples: 0 }, second);
    await until(() => second.text() === "0123456789");
    await writeFile(`${ref.folder}/go`, "");
    await second.ended;
    expect(second.text()).toBe("0123456789end\n");
    expect(second.faults).toEqual([]);
    expect(first.text()).toBe("0123456789");
  });

  test("an observer that fails is offered the same bytes again", async () => {
    const ref = await makeAttempt(runner, "again");
    await runner.stage(ref, shell(ref, "echo text"));
    await runner.launch(ref);
    const recorder = new Recorder();
    const log = recorder.log.bind(recorder);
    let failed = false;
    recorder.log = (rank, offset, bytes) => {
      if (failed) return log(rank, offset, bytes);
      failed = true;
      return Promise.reject(new Error("no space"));
    };
    runner.observe(ref, start, recorder);
    await recorder.ended;
    expect(recorder.text()).toBe("text\n");
    expect(recorder.faults).toEqual(["no space"]);
  });

  test("an attempt whose folder is removed is lost, and said to be", async () => {
    const ref = await makeAttempt(runner, "removed");
    await runner.stage(ref, shell(ref, "sleep 1000"));
    await runner.launch(ref);
    const recorder = new Recorder();
    const observation = runner.observe(ref, start, recorder);
    await until(() => recorder.states.at(-1)?.phase === "running");
    observation.cancel(0);
    await recorder.ended;
    await rm(ref.folder, { recursive: true });
    const late = new Recorder();
    runner.observe(ref, start, late);
    expect(await late.ended).toMatchObject({ reason: "launcher_lost" });
  });

  test("contact is lost when no link can be had, and found again; the job goes on", async () => {
    const own = await makeTarget();
    const { runner: other, transport: otherTransport } = own.open();
    try {
      const ref = await makeAttempt(other, "contact");
      await other.stage(ref, shell(ref, "echo before; while [ ! -e ../go ]; do sleep 0.02; done; echo after"));
      await other.launch(ref);
      const recorder = new Recorder();
      other.observe(ref, start, recorder);
      await until(() => recorder.text() === "before\n");
      const folder = `${own.root}/target/launcher`;
      await rename(folder, `${folder}.away`);
      await killLink(own.root);
      await until(() => recorder.connections.at(-1)?.state === "lost");
      await rename(`${folder}.away`, folder);
      await writeFile(`${ref.folder}/go`, "");
      expect(await recorder.ended).toMatchObject({ code: 0, reason: "exited" });
      expect(recorder.text()).toBe("before\nafter\n");
      expect(recorder.connections.map(({ state }) => state)).toEqual(["connected", "lost", "connected"]);
    } finally {
      await other.dispose();
      await otherTransport.close();
      await own.dispose();
    }
  });

  test("says what the machine has", async () => {
    const capacity = await runner.capacity();
    expect(capacity.cores).toBeGreaterThan(0);
    expect(capacity.memoryBytes).toBeGreaterThan(0);
  });
});

async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 25_000;
  while (!isSo()) {
    if (performance.now() > end) throw new Error("it does not become so");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Kills the link whose launcher lies below `root`; others' are left alone. */
async function killLink(root: string): Promise<void> {
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/u.test(entry)) continue;
    const words = await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "");
    if (words.includes(root) && words.endsWith("\0link\0")) process.kill(Number(entry), "SIGKILL");
  }
}
