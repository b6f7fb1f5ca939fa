import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import type { JobFilter } from "#engine/store/queries/jobList.ts";
import { World, type Engine } from "./world.ts";

let world: World;
let engine: Engine;
beforeAll(async () => {
  world = await World.make();
  engine = await world.open();
});
afterAll(() => world.dispose());

const workspace = "default";
const all: JobFilter = {
  ...{ workspace, archived: "exclude", statuses: null, experiment: null, parent: null, owner: null, text: null },
};

async function mlflow(call: string, fields: Record<string, unknown>): Promise<{ run: { info: { run_id: string } } }> {
  const reply = await engine.tracking.reply({
    workspace,
    method: "POST",
    path: `/api/2.0/mlflow/${call}`,
    query: "",
    body: Buffer.from(JSON.stringify(fields)),
    actor: "ann",
  });
  if (reply.file) throw new Error("A file was not asked for.");
  expect(reply).toMatchObject({ status: 200 });
  return JSON.parse(reply.text) as { run: { info: { run_id: string } } };
}

async function newRun(name: string, tags: Record<string, string> = {}): Promise<string> {
  const list = Object.entries(tags).map(([key, value]) => ({ key, value }));
  const fields = { experiment_id: "0", run_name: name, user_id: "ann", start_time: 1000, tags: list };
  return (await mlflow("runs/create", fields)).run.info.run_id;
}

const list = async (filter: Partial<JobFilter> = {}, limit = 1000, token?: string) =>
  engine.jobs.list({ ...all, ...filter }, { limit, token });
const namesOf = async (filter: Partial<JobFilter> = {}) => (await list(filter)).jobs.map(({ name }) => name);

describe("a run that no submit made", () => {
  it("is in the one list among the jobs, by age, with Azure's type and status", async () => {
    const before = await newRun("before", { team: "x" });
    const job = await engine.submit(await world.project({ "train.py": "print(1)\n" }));
    await engine.until(job.name, ({ status }) => isTerminal(status));
    const after = await newRun("after");
    await mlflow("runs/update", { run_id: after, status: "KILLED", end_time: 9000 });
    const { jobs, total } = await list();
    expect(jobs.map(({ name, type }) => [name, type])).toEqual([
      [after, "base"],
      [job.name, "command"],
      [before, "base"],
    ]);
    expect(total).toBe(3);
    expect(jobs[0]).toMatchObject({ status: "Canceled", started_at: 1000, ended_at: 9000, compute: "" });
    expect(jobs[2]).toMatchObject({ status: "Running", tags: { team: "x" }, creation_context: { created_by: "ann" } });
    const first = await list({}, 2);
    const rest = await list({}, 2, first.next_page_token ?? "");
    expect([...first.jobs, ...rest.jobs]).toEqual(jobs);
    expect(rest.next_page_token).toBeNull();
  });

  it("is found by status, experiment, owner and words", async () => {
    const name = await newRun("unique-words", { stage: "candidate" });
    await mlflow("runs/update", { run_id: name, status: "FAILED" });
    expect(await namesOf({ statuses: JSON.stringify(["Failed"]) })).toEqual([name]);
    expect(await namesOf({ text: "CANDIDATE" })).toEqual([name]);
    expect(await namesOf({ owner: "ann", text: "unique" })).toEqual([name]);
    expect(await namesOf({ owner: "bob" })).toEqual([]);
    expect(await namesOf({ experiment: "Default", text: "unique" })).toEqual([name]);
  });

  it("stands below its parent only", async () => {
    const parent = await newRun("parent");
    const child = await newRun("child", { "mlflow.parentRunId": parent });
    expect(await namesOf()).not.toContain(child);
    const below = await list({ parent });
    expect(below).toMatchObject({ total: 1, jobs: [{ name: child, type: "base", parent_job_name: parent }] });
    expect(await engine.jobs.show(workspace, child)).toMatchObject({ parent_job_name: parent, type: "base" });
  });

  it("is shown, changed, archived and restored as a job is", async () => {
    const name = await newRun("plain", { "mlflow.source.name": "train.py", keep: "1", drop: "2" });
    const changed = await engine.jobs.update(workspace, name, {
      displayName: "renamed",
      description: "what it is",
      tags: { drop: null, stage: "gold" },
    });
    expect(changed).toMatchObject({
      display_name: "renamed",
      description: "what it is",
      tags: { keep: "1", stage: "gold" },
      properties: { "mlflow.source.name": "train.py" },
      log_files: [],
      snapshot: null,
    });
    expect((await engine.jobs.update(workspace, name, { archived: true })).archived).toBe(true);
    expect(await namesOf()).not.toContain(name);
    expect(await namesOf({ archived: "only" })).toEqual([name]);
    expect((await engine.jobs.update(workspace, name, { archived: false })).archived).toBe(false);
    expect(await namesOf()).toContain(name);
    const told = () =>
      engine.events.flatMap((event) => (event.type === "job" && event.job.name === name ? [event.job] : []));
    await expect.poll(() => told().some((job) => job.archived)).toBe(true);
    await expect.poll(() => told().at(-1)).toMatchObject({ display_name: "renamed", archived: false });
  });

  it("cannot be cancelled, and the words say where it can be ended", async () => {
    const name = await newRun("running");
    const child = await newRun("inner", { "mlflow.parentRunId": name });
    await expect(engine.jobs.cancel(workspace, name, "ann")).rejects.toMatchObject({
      code: "conflict",
      next: expect.stringContaining("End its program where it runs"),
    });
    await expect(engine.jobs.cancel(workspace, child, "ann")).rejects.toMatchObject({
      next: expect.stringContaining(`job cancel -n ${name}`),
    });
  });

  it("is read off an index, whatever is listed, and never sorted", async () => {
    for (const [parent, index] of [
      [null, "runs_without_parent"],
      ["someone", "runs_by_parent"],
    ] as const) {
      const plan = (await engine.store.read("explainJobs", { filter: { ...all, parent } })).join("\n");
      expect(plan).toMatch(new RegExp(`SEARCH r USING INDEX ${index}`));
      expect(plan).not.toMatch(/TEMP B-TREE|SCAN (r|j|e|p|w)\b/);
    }
  });
});
