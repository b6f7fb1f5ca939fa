import { readFile } from "node:fs/promises";
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

  test("says what the machine has", async () => {
    const capacity = await runner.capacity();
    expect(capacity.cores).toBeGreaterThan(0);
    expect(capacity.memoryBytes).toBeGreaterThan(0);
  });
});
