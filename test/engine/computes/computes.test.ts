import { cpus } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Computes } from "#engine/computes/computes.ts";
import { KnownTargets } from "#engine/jobs/knownTargets.ts";
import { makeTarget } from "../compute/target.ts";
import { openPlane, type Plane } from "../data/plane.ts";

let plane: Plane;
let target: Awaited<ReturnType<typeof makeTarget>>;
let opened: ReturnType<typeof target.open>;
let computes: Computes;

beforeAll(async () => {
  plane = await openPlane();
  target = await makeTarget();
  opened = target.open();
  const targets = new KnownTargets({
    targets: [{ name: "local", ...opened, root: target.root, concurrency: null }],
    defaultOf: async (workspace) => (await plane.workspaces.show(workspace)).default_compute,
  });
  const { store, workspaces, clock } = plane;
  computes = new Computes({ store, workspaces, targets, clock, bus: { publish: (event) => plane.events.push(event) } });
});
afterAll(async () => {
  await opened.runner.dispose();
  await opened.transport.close();
  await target.dispose();
  await plane.close();
});

const cluster = {
  name: "gpu-cluster",
  type: "amlcompute",
  size: "STANDARD_NC6s_v3",
  max_instances: 4,
  ssh_settings: { admin_username: "ann", admin_password: "sesame" },
};

test("this machine is there without having been made, with its facts and its jobs", async () => {
  const { job } = await plane.addJob();
  const [local, ...others] = await computes.list("default");
  expect(others).toEqual([]);
  expect(local).toMatchObject({ name: "local", type: "local", is_default: true, provisioning_state: "Succeeded" });
  expect(local?.facts?.cores).toBeGreaterThan(0);
  expect(local?.facts?.cores).toBeLessThanOrEqual(cpus().length);
  expect(local?.queued).toEqual([job]);
});

test("a name from a YAML says what this machine is not, and keeps no password", async () => {
  const made = await computes.create("default", cluster, "ann");
  expect(made).toMatchObject({ name: "gpu-cluster", type: "amlcompute", is_default: false });
  const { runs_on, notes } = made.document["slipway"] as { runs_on: string; notes: string[] };
  expect(runs_on).toBe("local");
  expect(notes).toEqual([
    expect.stringContaining("size STANDARD_NC6s_v3"),
    expect.stringContaining("max_instances 4"),
    ...(made.facts?.gpus.length ? [] : [expect.stringContaining("local has none")]),
    expect.stringContaining("ssh_settings"),
  ]);
  expect(JSON.stringify(await computes.show("default", "gpu-cluster"))).not.toContain("sesame");
  expect((await computes.list("default")).map(({ name }) => name)).toEqual(["local", "gpu-cluster"]);
});

test("descriptions and tags change, of this machine too", async () => {
  const changes = { description: "under the desk", tags: { room: "12" } };
  expect(await computes.update("default", "local", changes, "ann")).toMatchObject(changes);
  expect((await computes.list("default")).map(({ name }) => name).sort()).toEqual(["gpu-cluster", "local"]);
  expect(plane.events.some((event) => event.type === "compute" && event.compute.name === "local")).toBe(true);
});

test("what is in use stays", async () => {
  await expect(computes.remove("default", "local")).rejects.toMatchObject({ code: "conflict" });
  await plane.workspaces.update("default", { default_compute: "gpu-cluster" }, "ann");
  await expect(computes.remove("default", "gpu-cluster")).rejects.toMatchObject({ code: "conflict" });
  await plane.workspaces.update("default", { default_compute: "local" }, "ann");
  expect(await computes.remove("default", "gpu-cluster")).toEqual({ name: "gpu-cluster" });
  await expect(computes.show("default", "gpu-cluster")).rejects.toMatchObject({ code: "not-found" });
});
