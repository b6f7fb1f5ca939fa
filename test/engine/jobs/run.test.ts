import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { World, type Engine } from "./world.ts";

describe("a job from submit to its end", () => {
  let world: World;
  let engine: Engine;
  beforeAll(async () => {
    world = await World.make();
    engine = await world.open();
  });
  afterAll(() => world.dispose());

  test("a plain script runs with the machine's Python, and its log holds every byte", async () => {
    const file = await world.project({ "hello.py": "import sys\nprint('hello', sys.argv[1:])\n" });
    const submitted = await engine.submit(file);
    expect(["Queued", "Preparing"]).toContain(submitted.status);
    const job = await engine.ended(submitted.name);
    expect(job.status).toBe("Completed");
    expect((await engine.readLog(job.name)).toString()).toBe("hello []\n");
  });
});
