import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandYaml, World, type Engine } from "./world.ts";

describe("a job from submit to its end", () => {
  let world: World;
  let engine: Engine;
  beforeAll(async () => {
    world = await World.make();
    engine = await world.open({ concurrency: 4 });
  });
  afterAll(() => world.dispose());

  const run = async (command: string, more = "", files: Record<string, string> = {}) => {
    const file = await world.project({ "job.yml": commandYaml(command, more), ...files });
    return engine.ended((await engine.submit(file)).name);
  };

  test("goes through Azure's states, its log is whole, its run is finished", async () => {
    const job = await run("echo out; echo err >&2; printf 'no end'");
    expect(job).toMatchObject({ status: "Completed", exit_code: 0, error: null, type: "command", attempt: 1 });
    expect((await engine.readLog(job.name)).toString()).toBe("out\nerr\nno end");
    const changes = await engine.store.read("jobChanges", { runId: 1 });
    const states = ["Queued", "Preparing", "Starting", "Running", "Finalizing", "Completed"];
    expect(changes.map((change) => change.to_status)).toEqual(states);
    expect(job.phases.map((phase) => phase.name)).toEqual(states.slice(0, -1));
    expect(job.phases.every((phase) => phase.ended_at !== null && phase.ended_at >= phase.started_at)).toBe(true);
    expect(job.log_files).toEqual([{ path: "user_logs/std_log.txt", bytes: 14, complete: true }]);
    const tracked = (await engine.tracking.runObject("default", job.name)) as unknown as {
      info: { status: string };
    };
    expect(tracked.info.status).toBe("FINISHED");
  });

  test("a command that fails fails the job with its exit code and last lines", async () => {
    const job = await run("echo before\nexit 3");
    expect(job).toMatchObject({ status: "Failed", exit_code: 3, error: { class: "exit", tail: ["before"] } });
  });

  test("bash as Azure runs it: no set -e, the last exit code wins", async () => {
    const job = await run("false\necho ${BASH_VERSION:+bash}");
    expect(job.status).toBe("Completed");
    expect((await engine.readLog(job.name)).toString()).toBe("bash\n");
  });

  test("inputs are rendered as Python prints them, --set comes first", async () => {
    const file = await world.project({
      "job.yml": commandYaml(
        "echo ${{inputs.flag}} ${{inputs.rate}} ${{inputs.small}} ${{inputs.text}} $[[--x ${{inputs.text}}]]",
        "inputs:\n  flag: true\n  rate: 1.0\n  small: 1e-4\n  text: a\n",
      ),
    });
    const submitted = await engine.submit(file, { overrides: ["inputs.text=changed"] });
    await engine.ended(submitted.name);
    expect((await engine.readLog(submitted.name)).toString()).toBe("True 1.0 1e-4 changed --x changed\n");
    expect(submitted.inputs["flag"]).toEqual({ value: "True" });
  });

  test("the code is the working folder, outputs and logs are there and are kept", async () => {
    const job = await run(
      "cat src/a.txt; pwd -P; ls -d outputs logs; echo kept > outputs/kept.txt; echo l > logs/l.txt",
      "code: .\n",
      { "src/a.txt": "from code\n" },
    );
    const log = (await engine.readLog(job.name)).toString().split("\n");
    expect(log[0]).toBe("from code");
    expect(log[1]).toMatch(new RegExp(`/jobs/default/${job.name}/1/wd$`));
    const key = { workspace: "default", name: job.name };
    const files = await engine.artifacts.list({ ...key, path: "", recursive: true });
    expect(files.map((file) => file.path).sort()).toEqual(["logs/l.txt", "outputs/kept.txt"]);
    expect(job.snapshot).toMatchObject({ files: 2 });
  });

  test("the program finds Azure's and MLflow's variables", async () => {
    const more = "experiment_name: exp\nenvironment_variables:\n  MINE: true\ndistribution:\n  type: pytorch\n";
    const job = await run("env", more);
    const log = (await engine.readLog(job.name)).toString();
    const variables = Object.fromEntries(log.split("\n").map((line) => line.split(/=(.*)/su) as [string, string]));
    expect(variables).toMatchObject({
      AZUREML_RUN_ID: job.name,
      AZUREML_ARM_WORKSPACE_NAME: "default",
      AZUREML_ARM_PROJECT_NAME: "exp",
      MLFLOW_RUN_ID: job.name,
      MLFLOW_EXPERIMENT_NAME: "exp",
      MLFLOW_TRACKING_URI: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/u) as string,
      MLFLOW_TRACKING_TOKEN: expect.stringMatching(/^.{20,}$/u) as string,
      RANK: "0",
      WORLD_SIZE: "1",
      MASTER_ADDR: "127.0.0.1",
      MINE: "True",
    });
    expect(job.services["Studio"]?.endpoint).toBe(`vscode://slipway.slipway/job/default/${job.name}`);
  });

  test("a plain script runs with the machine's Python in an overlay of its own", async () => {
    const other = await World.make();
    try {
      const real = await other.open({ realEnvironments: true });
      const file = await other.project({ "train.py": "import sys\nprint(sys.prefix)\nimport absent_module\n" });
      const job = await real.ended((await real.submit(file)).name);
      expect(job.status).toBe("Failed");
      expect(job.error).toMatchObject({
        class: "import",
        message: "ModuleNotFoundError: No module named 'absent_module'",
        location: { file: "train.py", line: 3 },
      });
      expect((await real.readLog(job.name)).toString().split("\n")[0]).toMatch(/\/1\/venv$/u);
      expect(job.environment_lock).toBe("environment/requirements.lock");
      expect(await real.store.read("jobLock", { workspace: "default", name: job.name })).toContain("==");
    } finally {
      await other.dispose();
    }
  });

  test("invalid documents and missing files are refused with the place, and nothing is left behind", async () => {
    const before = (await engine.jobs.list(allJobs, { limit: 1, token: undefined })).total;
    const bad = await world.project({ "job.yml": "command: x\nenvironmnt: y\n" });
    await expect(engine.submit(bad)).rejects.toMatchObject({ code: "invalid-document" });
    await expect(engine.submit(`${bad}.absent`)).rejects.toMatchObject({ code: "file-not-found" });
    const huge = await world.project({ "job.yml": commandYaml("x", "resources:\n  properties:\n    gpus: 64\n") });
    const plain = await world.project({ "job.yml": commandYaml("true") });
    for (const name of ["../../x", ".", "a/b", ""]) {
      await expect(engine.submit(plain, { name })).rejects.toMatchObject({ code: "invalid-request" });
    }
    await expect(engine.submit(huge)).rejects.toMatchObject({ code: "does-not-fit" });
    const secret = await world.project({
      "job.yml": commandYaml("x", "code: .\n"),
      id_rsa: "-----BEGIN OPENSSH PRIVATE KEY-----\n",
    });
    await expect(engine.submit(secret)).rejects.toMatchObject({ code: "needs-confirmation" });
    expect((await engine.jobs.list(allJobs, { limit: 1, token: undefined })).total).toBe(before);
  });
});

const allJobs = {
  workspace: "default",
  archived: "include",
  statuses: null,
  experiment: null,
  parent: null,
  owner: null,
  text: null,
} as const;
