import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { slipwayError } from "#contract/errors.ts";
import type { EnvironmentService } from "#engine/core/ports/environments.ts";
import { commandYaml, machinePython, World } from "./world.ts";

describe("a job in preparation", () => {
  let world: World;
  beforeEach(async () => {
    world = await World.make();
  });
  afterEach(() => world.dispose());

  /** Builds until it is told to go on, to fail, or is stopped. */
  function slowBuild() {
    const calls: ((failure?: Error) => void)[] = [];
    const environments: EnvironmentService = {
      ...machinePython,
      ensure: async (request) => {
        await request.log("resolving packages\n");
        await new Promise<void>((resolve, reject) => {
          calls.push((failure) => (failure ? reject(failure) : resolve()));
          request.signal.addEventListener("abort", () => reject(request.signal.reason as Error));
        });
        return machinePython.ensure(request);
      },
    };
    return { calls, environments };
  }
  const build = "azureml-logs/20_image_build_log.txt";

  test("the build's log can be followed while it is written, and is complete before the job is", async () => {
    const { calls, environments } = slowBuild();
    const engine = await world.open({ environments });
    const { name } = await engine.submit(await world.project({ "job.yml": commandYaml("echo up; sleep 0.3") }));
    const building = await engine.until(name, (job) => job.log_files.some((log) => log.path === build));
    expect(building).toMatchObject({ status: "Preparing", log_files: [{ path: build, complete: false }] });
    expect((await engine.readLog(name, build)).toString()).toBe("resolving packages\n");
    calls[0]?.();
    const running = await engine.until(name, (job) => job.status === "Running");
    expect(running.log_files[0]).toMatchObject({ path: build, complete: true });
    expect((await engine.ended(name)).status).toBe("Completed");
  });

  test("a build that fails fails the job with the solver's words", async () => {
    const { calls, environments } = slowBuild();
    const engine = await world.open({ environments });
    const { name } = await engine.submit(await world.project({ "job.yml": commandYaml("true") }));
    await engine.until(name, () => calls.length > 0);
    calls[0]?.(slipwayError("environment-failed", "No solution", { details: { words: "a conflicts with b" } }));
    expect(await engine.ended(name)).toMatchObject({
      status: "Failed",
      exit_code: null,
      error: { class: "environment", tail: ["a conflicts with b"] },
    });
  });

  test("cancel ends the build, and nothing runs", async () => {
    const { calls, environments } = slowBuild();
    const engine = await world.open({ environments });
    const { name } = await engine.submit(await world.project({ "job.yml": commandYaml("touch ../ran") }));
    await engine.until(name, () => calls.length > 0);
    // It may be over by the time the reply is made.
    expect(["CancelRequested", "Canceled"]).toContain((await engine.jobs.cancel("default", name, "tester")).status);
    const job = await engine.ended(name);
    expect(job.status).toBe("Canceled");
    expect(job.phases.map((phase) => phase.name)).toEqual(["Queued", "Preparing"]);
  });

  test("an engine lost while preparing is followed by one that prepares again; the job runs once", async () => {
    const first = slowBuild();
    let engine = await world.open({ environments: first.environments });
    const file = await world.project({ "job.yml": commandYaml("echo ran", "code: .\n"), "a.txt": "a" });
    const { name } = await engine.submit(file);
    await engine.until(name, () => first.calls.length > 0);
    await engine.close();
    engine = await world.open();
    expect(await engine.ended(name)).toMatchObject({ status: "Completed", attempt: 1 });
    expect((await engine.readLog(name)).toString()).toBe("ran\n");
  });

  test("canceled while no engine could act: the next one ends it", async () => {
    const first = slowBuild();
    let engine = await world.open({ environments: first.environments });
    const { name } = await engine.submit(await world.project({ "job.yml": commandYaml("touch ../ran") }));
    await engine.until(name, () => first.calls.length > 0);
    const { run_id: runId } = await engine.jobs.row("default", name);
    await engine.store.write("requestCancel", { runId, at: Date.now(), actor: "tester" });
    await engine.close();
    engine = await world.open();
    expect((await engine.ended(name)).status).toBe("Canceled");
  });
});
