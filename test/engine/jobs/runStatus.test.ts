import { afterAll, beforeAll, expect, test } from "vitest";
import { commandYaml, World, type Engine } from "./world.ts";

let world: World;
let engine: Engine;
beforeAll(async () => {
  world = await World.make();
  // Nothing is started: what happens to a job is what the store is told here.
  engine = await world.open({ concurrency: 0 });
});
afterAll(() => world.dispose());

async function queued(): Promise<{ name: string; runId: number }> {
  const { name } = await engine.submit(await world.project({ "job.yml": commandYaml("true") }));
  return { name, runId: (await engine.jobs.row("default", name)).run_id };
}

async function runStatus(name: string): Promise<string> {
  const run = (await engine.tracking.runObject("default", name)) as unknown as { info: { status: string } };
  return run.info.status;
}

// An engine that dies between two commits would leave a run that stays open for ever.
test("a job's change and its run's are one commit", async () => {
  const { name, runId } = await queued();
  expect(await runStatus(name)).toBe("SCHEDULED");
  await engine.store.write("leaseJob", { runId, lease: "mine" });
  const change = { runId, lease: "mine", at: 5, actor: "engine", evidence: {} };
  for (const to of ["Preparing", "Starting", "Running"] as const)
    await engine.store.write("changeJob", { ...change, to });
  expect(await runStatus(name)).toBe("RUNNING");
  await engine.store.write("changeJob", { ...change, to: "Failed" });
  expect(await runStatus(name)).toBe("FAILED");
});

test("so are the cancel of a job that nobody works on and its run's end", async () => {
  const { name, runId } = await queued();
  expect(await engine.store.write("requestCancel", { runId, at: 7, actor: "tester" })).toBe("Canceled");
  expect(await runStatus(name)).toBe("KILLED");
});
