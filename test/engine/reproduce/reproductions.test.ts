import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "#base/clock.ts";
import { StoredFiles } from "#engine/artifacts/storedFiles.ts";
import { DirectRunner } from "#engine/compute/direct/directRunner.ts";
import type { EnvironmentPins } from "#engine/core/ports/environments.ts";
import { KnownTargets } from "#engine/jobs/knownTargets.ts";
import { Reproductions } from "#engine/reproduce/reproductions.ts";
import { FileWorkers } from "#engine/snapshots/fileTasks.ts";
import { Trees } from "#engine/snapshots/trees.ts";
import { Blobs } from "#engine/store/blobs.ts";
import { LocalTransport } from "#transport/local/localTransport.ts";
import { World, type Engine } from "../jobs/world.ts";

const yaml = `
display_name: steady
command: python3 train.py --lr \${{inputs.lr}} --to \${{outputs.kept}}
code: .
inputs: {lr: 0.1}
outputs:
  kept: {type: uri_folder, path: azureml://datastores/workspaceblobstore/paths/fixed, name: kept-data}
environment_variables: {SEED: "7"}
environment: azureml://registries/azureml/environments/sklearn-1.5/labels/latest
tags: {team: vision}
`;

/** Writes one file that is the same each time, and one that never is when told so. */
const program = `
import os, sys, uuid
os.makedirs("outputs", exist_ok=True)
open("outputs/model.txt", "w").write(" ".join(sys.argv[1:3]) + os.environ["SEED"])
if os.path.exists("unsteady.txt"): open("outputs/id.txt", "w").write(uuid.uuid4().hex)
`;

/** Of these worlds every environment is the machine's python3: see `machinePython`. */
const pins: EnvironmentPins = {
  pin: ({ plan }) => Promise.resolve({ key: "machine", python: "python3", plan, locked: true, refusal: null }),
};

describe("reproducing a run", { timeout: 60_000 }, () => {
  let world: World;
  let engine: Engine;
  let reproductions: Reproductions;
  let blobs: Blobs;
  const workers = new FileWorkers();
  const transport = new LocalTransport();
  let runner: DirectRunner;

  beforeAll(async () => {
    world = await World.make();
    engine = await world.open();
    const { store, jobs, artifacts } = engine;
    blobs = new Blobs({ root: join(world.home, "blobs") });
    const shared = { store, blobs, workers, clock: systemClock };
    const trees = new Trees({ ...shared, packs: join(world.home, "packs"), temporary: join(world.home, "tmp") });
    const root = join(world.home, "targets/local");
    const stagingFolder = join(world.home, "tmp/staging");
    runner = new DirectRunner({ transport, clock: systemClock, root, launcher: world.launcher, stagingFolder });
    const targets = new KnownTargets({
      targets: [{ name: "local", runner, transport, root, concurrency: null }],
      defaultOf: () => Promise.resolve("local"),
    });
    const inputs = { digestOf: () => Promise.resolve(null) };
    const files = new StoredFiles({ blobs, packs: join(world.home, "packs") });
    const known = { store, clock: systemClock, jobs, targets, trees, artifacts, files };
    reproductions = new Reproductions({ ...known, inputs, pins });
    const steady = await world.project({ "job.yml": yaml, "train.py": program });
    const unsteady = await world.project({ "job.yml": yaml, "train.py": program, "unsteady.txt": "" });
    await engine.submit(steady, { name: "steady" });
    await engine.submit(unsteady, { name: "unsteady" });
    // A reproduction reads neither the job file nor the code folder.
    for (const [name, file] of Object.entries({ steady, unsteady })) {
      await engine.ended(name);
      await rm(join(file, ".."), { recursive: true });
    }
  });

  afterAll(async () => {
    await runner.dispose();
    await transport.close();
    await workers.dispose();
    await world.dispose();
  });

  it("runs the recorded command with the recorded code, values and variables, and knows where it came from", async () => {
    const made = await reproductions.reproduce("default", "steady", { name: "again", actor: "tester" });
    expect(made).toMatchObject({
      name: "again",
      display_name: "steady (reproduced)",
      source_file: null,
      tags: { team: "vision", "slipway.reproduces": "steady" },
      inputs: { lr: { value: "0.1" } },
      environment_variables: { SEED: "7" },
    });
    expect((await engine.ended("again")).status).toBe("Completed");
    expect((await reproductions.of("default", "steady")).reproduced_by).toEqual([
      { name: "again", display_name: "steady (reproduced)", status: "Completed" },
    ]);
  });

  it("keeps outputs to itself: no place of the original is written to and nothing is registered twice", async () => {
    const { notices } = await engine.ended("again");
    expect(notices).toEqual([
      expect.stringContaining("azureml://datastores/workspaceblobstore/paths/fixed of the original is not written to"),
      expect.stringContaining("not registered again as kept-data"),
    ]);
    const row = await engine.store.read("job", { workspace: "default", name: "again" });
    expect(JSON.parse(row?.plan ?? "{}")).toMatchObject({ outputs: { kept: { path: null, name: null } } });
  });

  it("says that both are the same, what was pinned and what could not be", async () => {
    const { report } = await reproductions.of("default", "again");
    expect(report).toMatchObject({ verdict: "same", original: "steady", outputs: { differing: 0 } });
    expect(report?.outputs.files).toContainEqual(expect.objectContaining({ path: "outputs/model.txt", state: "same" }));
    expect(report?.pinned.map(({ what }) => what)).toEqual(expect.arrayContaining(["code", "packages"]));
    const around = new Map(report?.not_pinned.map((one) => [one.what, one]));
    expect(around.get("host")).toMatchObject({ state: "same", original: expect.stringMatching(/./u) });
    expect(around.get("random seeds")).toMatchObject({ state: "unknown" });
  });

  it("names the file that is another one", async () => {
    await reproductions.reproduce("default", "unsteady", { name: "unsteady-again", actor: "tester" });
    await engine.ended("unsteady-again");
    const { report } = await reproductions.of("default", "unsteady-again");
    expect(report).toMatchObject({ verdict: "different", outputs: { compared: 2, differing: 1 } });
    expect(report?.outputs.files.filter(({ state }) => state === "changed").map(({ path }) => path)).toEqual([
      "outputs/id.txt",
    ]);
  });

  it("compares metrics point by point, with the largest relative difference", async () => {
    for (const [name, last] of [
      ["steady", 4],
      ["again", 5],
    ] as const) {
      const points = [1, 2, last].map((value, step) => ({ key: "loss", value, timestamp: 1000 + step, step }));
      const body = Buffer.from(JSON.stringify({ run_id: name, metrics: points }));
      const request = { workspace: "default", method: "POST", query: "", actor: "tester" };
      const path = "/api/2.0/mlflow/runs/log-batch";
      expect((await engine.tracking.answer({ ...request, path, body })).status).toBe(200);
    }
    const { report } = await reproductions.of("default", "again");
    expect(report?.verdict).toBe("different");
    expect(report?.metrics).toEqual([
      {
        key: "loss",
        state: "changed",
        original: 4,
        reproduction: 5,
        points: [3, 3],
        differing_points: 1,
        relative_difference: 0.2,
      },
    ]);
  });

  it("is one job under one name", async () => {
    const again = await reproductions.reproduce("default", "steady", { name: "again", actor: "tester" });
    expect(again.status).toBe("Completed");
    await expect(
      reproductions.reproduce("default", "unsteady", { name: "again", actor: "tester" }),
    ).rejects.toMatchObject({ code: "conflict" });
  });

  it("refuses what never was a job and a run that is not over", async () => {
    const ask = (name: string) => reproductions.reproduce("default", name, { name: undefined, actor: "tester" });
    await expect(ask("nowhere")).rejects.toMatchObject({ code: "not-found" });
    const body = Buffer.from(JSON.stringify({ experiment_id: "0", start_time: 1 }));
    const path = "/api/2.0/mlflow/runs/create";
    const request = { workspace: "default", method: "POST", query: "", actor: "tester" };
    const reply = await engine.tracking.answer({ ...request, path, body });
    const { run } = JSON.parse(String(reply.body)) as { run: { info: { run_id: string } } };
    await expect(ask(run.info.run_id)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("was not started by Slipway"),
    });
    const waiting = await world.project({ "job.yml": yaml.replace("python3 train.py", "sleep 30 #") });
    await engine.submit(waiting, { name: "waiting" });
    await engine.until("waiting", ({ status }) => status === "Running");
    await expect(ask("waiting")).rejects.toMatchObject({ code: "conflict", next: expect.stringContaining("stream") });
    await engine.jobs.cancel("default", "waiting", "tester");
    await engine.ended("waiting");
  });

  it("refuses a run whose code was collected, and says what to do", async () => {
    const row = await engine.store.read("job", { workspace: "default", name: "unsteady" });
    const { snapshot } = JSON.parse(row?.plan ?? "{}") as { snapshot: { digest: string } };
    await blobs.remove(snapshot.digest);
    await expect(
      reproductions.reproduce("default", "unsteady", { name: undefined, actor: "tester" }),
    ).rejects.toMatchObject({
      code: "not-found",
      message: expect.stringContaining("is no longer kept"),
      next: expect.stringContaining("submit"),
    });
  });
});
