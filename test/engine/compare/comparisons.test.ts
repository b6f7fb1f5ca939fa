import { rm } from "node:fs/promises";
import { join } from "node:path";
import { homedir } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "#base/clock.ts";
import { Comparisons } from "#engine/compare/comparisons.ts";
import { FileWorkers } from "#engine/snapshots/fileTasks.ts";
import { Snapshots } from "#engine/snapshots/snapshots.ts";
import { Trees } from "#engine/snapshots/trees.ts";
import { Blobs } from "#engine/store/blobs.ts";
import { World, type Engine } from "../jobs/world.ts";

const yaml = (lr: string) => `
display_name: lr ${lr}
command: python3 train.py --lr \${{inputs.lr}}
code: .
inputs:
  lr: ${lr}
environment: azureml://registries/azureml/environments/sklearn-1.5/labels/latest
tags: {team: vision}
`;

describe("two real jobs", { timeout: 60_000 }, () => {
  let world: World;
  let engine: Engine;
  const workers = new FileWorkers();
  let comparisons: Comparisons;

  beforeAll(async () => {
    world = await World.make();
    engine = await world.open();
    const { store } = engine;
    const blobs = new Blobs({ root: join(world.home, "blobs") });
    const shared = { store, blobs, workers, clock: systemClock };
    const trees = new Trees({ ...shared, packs: join(world.home, "packs"), temporary: join(world.home, "tmp") });
    const code = new Snapshots({ ...shared, trees, userHome: homedir(), slipwayHome: world.home });
    comparisons = new Comparisons({ store, code });
    const one = await world.project({ "job.yml": yaml("0.001"), "train.py": "print(1)\n", "same.py": "x = 1\n" });
    const two = await world.project({ "job.yml": yaml("0.0003"), "train.py": "print(2)\n", "same.py": "x = 1\n" });
    await engine.submit(one, { name: "one" });
    await engine.submit(two, { name: "two" });
    for (const name of ["one", "two"]) await engine.ended(name);
  });

  afterAll(async () => {
    await workers.dispose();
    await world.dispose();
  });

  it("differ in an input and in their code, and the label says so", async () => {
    const found = await comparisons.compare("default", { names: ["one", "two", "gone", "one"] });
    expect(found.runs.map(({ name, label }) => [name, label])).toEqual([
      ["one", "baseline"],
      ["two", "lr 0.001 → 0.0003, code"],
    ]);
    expect(found.missing).toEqual(["gone"]);
    const same = found.facts.filter(({ differs }) => !differs).map(({ group, key }) => `${group}/${key}`);
    expect(same).toEqual(expect.arrayContaining(["code/command", "tags/team", "hardware/compute"]));
    expect(found.facts.find(({ key }) => key === "lr")).toMatchObject({ differs: true, values: ["0.001", "0.0003"] });
  });

  it("list the files that differ, and no others", async () => {
    const { code } = await comparisons.explain("default", "one", "two");
    expect(code).toMatchObject({ state: "changed", total: 2 });
    expect(code.files.map(({ path, change }) => [path, change])).toEqual([
      ["job.yml", "changed"],
      ["train.py", "changed"],
    ]);
    expect((await comparisons.explain("default", "one", "one")).code.state).toBe("same");
  });

  it("say when a snapshot is no longer kept", async () => {
    await rm(join(world.home, "blobs"), { recursive: true, force: true });
    const { code } = await comparisons.explain("default", "one", "two");
    expect(code.state).toBe("unknown");
    expect(code.reason).toMatch(/^The code of lr 0\.001 is no longer kept/u);
  });

  it("are refused in a sentence when none is there", async () => {
    await expect(comparisons.compare("default", { names: ["no_such"] })).rejects.toMatchObject({ code: "not-found" });
    await expect(comparisons.compare("nowhere", { names: ["one"] })).rejects.toThrow("There is no workspace nowhere.");
    await expect(comparisons.explain("default", "one", "no_such")).rejects.toMatchObject({ code: "not-found" });
  });
});
