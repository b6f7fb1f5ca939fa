import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandYaml, World, type Engine } from "./world.ts";

describe("the queue of a target", () => {
  let world: World;
  let engine: Engine;
  beforeAll(async () => {
    world = await World.make();
    engine = await world.open({ concurrency: 1 });
  });
  afterAll(() => world.dispose());

  const file = (command: string, more = "") => world.project({ "job.yml": commandYaml(command, more) });
  const waiting = "while [ ! -e ../go ]; do sleep 0.02; done";
  const go = (name: string) => writeFile(join(engine.runner.attemptFolder("default", name, 1), "go"), "");

  test("jobs start one after another, by priority and then by age, and know their place", async () => {
    const first = await engine.submit(await file(waiting));
    await engine.until(first.name, (job) => job.status === "Running");
    const low = await engine.submit(await file("true", "queue_settings:\n  priority: low\n"));
    const normal = await engine.submit(await file("true"));
    const later = await engine.submit(await file("true"));
    const high = await engine.submit(await file("true", "queue_settings:\n  priority: high\n"));
    const places = await Promise.all([low, normal, later, high].map(({ name }) => engine.jobs.show("default", name)));
    expect(places.map((job) => job.queue_place)).toEqual([4, 2, 3, 1]);
    await go(first.name);
    const ended = await Promise.all([low, normal, later, high].map(({ name }) => engine.ended(name)));
    const order = ended.sort((a, b) => (a.started_at ?? 0) - (b.started_at ?? 0)).map((job) => job.name);
    expect(order).toEqual([high.name, normal.name, later.name, low.name]);
  });

  test("a queued job is canceled at once and never runs", async () => {
    const first = await engine.submit(await file(waiting));
    await engine.until(first.name, (job) => job.status === "Running");
    const second = await engine.submit(await file("true"));
    const canceled = await engine.jobs.cancel("default", second.name, "tester");
    expect(canceled).toMatchObject({ status: "Canceled", attempt: 0 });
    await go(first.name);
    expect((await engine.ended(first.name)).status).toBe("Completed");
  });

  test("queued jobs outlive the engine and start with the next one", async () => {
    const first = await engine.submit(await file(waiting));
    await engine.until(first.name, (job) => job.status === "Running");
    const second = await engine.submit(await file("echo second"));
    await engine.close();
    engine = await world.open({ concurrency: 1 });
    await go(first.name);
    expect((await engine.ended(first.name)).status).toBe("Completed");
    expect((await engine.ended(second.name)).status).toBe("Completed");
  });

  test("the same name and content is the same job, three times at once too; other content is a conflict", async () => {
    const path = await file("echo once");
    const answers = await Promise.all([1, 2, 3].map(() => engine.submit(path, { name: "mine" })));
    expect(new Set(answers.map((job) => job.name))).toEqual(new Set(["mine"]));
    await engine.ended("mine");
    expect((await engine.submit(path, { name: "mine" })).status).toBe("Completed");
    expect((await engine.readLog("mine")).toString()).toBe("once\n");
    const other = await file("echo other");
    await expect(engine.submit(other, { name: "mine" })).rejects.toMatchObject({ code: "conflict" });
  });

  test("lists page from the newest on, filter and search", async () => {
    const filter = {
      workspace: "default",
      archived: "exclude",
      statuses: null,
      experiment: null,
      parent: null,
      owner: null,
      text: null,
    } as const;
    const all = await engine.jobs.list(filter, { limit: 1000, token: undefined });
    expect(all.total).toBe(all.jobs.length);
    const first = await engine.jobs.list(filter, { limit: 2, token: undefined });
    const second = await engine.jobs.list(filter, { limit: 2, token: first.next_page_token ?? undefined });
    expect([...first.jobs, ...second.jobs].map((job) => job.name)).toEqual(all.jobs.slice(0, 4).map((job) => job.name));
    const canceled = await engine.jobs.list({ ...filter, statuses: '["Canceled"]' }, { limit: 10, token: undefined });
    expect(canceled.jobs.map((job) => job.status)).toEqual(["Canceled"]);
    const found = await engine.jobs.list({ ...filter, text: "MINE" }, { limit: 10, token: undefined });
    expect(found.jobs.map((job) => job.name)).toEqual(["mine"]);
    await engine.jobs.update("default", "mine", { archived: true, tags: { a: "1", b: null }, displayName: "Mine" });
    expect((await engine.jobs.list({ ...filter, text: "mine" }, { limit: 10, token: undefined })).total).toBe(0);
    expect(await engine.jobs.show("default", "mine")).toMatchObject({ display_name: "Mine", tags: { a: "1" } });
  });
});
