import { spawnSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Job } from "#contract/entities/job.ts";
import { noData, World, type Engine } from "../jobs/world.ts";
import { Lab, skipReason } from "./lab.ts";

const image = "localhost/slipway-test/python:1";
const yaml = (command: string, more = "", name = image): string =>
  `command: |\n${command
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n")}\nenvironment:\n  image: ${name}\n${more}`;

/** Ends one process; a number that is none would be this process's own group. */
function kill(pid: number | undefined): void {
  if (pid === undefined || !(pid > 1)) throw new Error(`no process to kill: ${String(pid)}`);
  process.kill(pid, "SIGKILL");
}

const logsMetric = [
  "import json, os, urllib.request",
  "def call(path, body):",
  "    request = urllib.request.Request(os.environ['MLFLOW_TRACKING_URI'] + '/api/2.0/mlflow/' + path, json.dumps(body).encode(),",
  "        {'Content-Type': 'application/json', 'Authorization': 'Bearer ' + os.environ['MLFLOW_TRACKING_TOKEN']})",
  "    return urllib.request.urlopen(request).status",
  "run = os.environ['MLFLOW_RUN_ID']",
  "print(call('runs/log-metric', {'run_id': run, 'key': 'loss', 'value': 0.25, 'timestamp': 1, 'step': 3}))",
].join("\n");

describe.skipIf(skipReason)(
  `jobs in containers${skipReason === undefined ? "" : ` (${skipReason})`}`,
  { timeout: 120_000 },
  () => {
    let lab: Lab;
    let world: World;
    let engine: Engine;
    let inputs: string;
    beforeAll(async () => {
      lab = await Lab.make();
      await lab.image(image, await lab.pythonFolder({ "etc/image-name": "ours\n" }));
      world = await World.make();
      inputs = join(world.root, "given");
      await mkdir(inputs, { recursive: true });
      await writeFile(join(inputs, "a.txt"), "from the input\n");
      const data = {
        ...noData,
        resolveInput: ({ input }: { input: { type: string; mode: string } }) =>
          Promise.resolve({ path: inputs, port: { type: input.type, mode: input.mode, path: inputs } }),
      };
      engine = await world.open({ concurrency: 4, containers: { registryWithinMs: 1000 }, data });
    }, 120_000);
    afterAll(async () => {
      await world.dispose();
      await lab.dispose();
    });

    const run = async (command: string, more = "", files: Record<string, string> = {}): Promise<Job> => {
      const file = await world.project({ "job.yml": yaml(command, more), ...files });
      return engine.ended((await engine.submit(file, { runtime: "container" })).name, 60_000);
    };
    const logOf = async ({ name }: Job): Promise<string> => (await engine.readLog(name)).toString();

    test("a job runs in its image: log, code, variables, input, outputs, metric and record are as without one", async () => {
      const command = [
        "cat /etc/image-name src/a.txt ${{inputs.data}}/a.txt",
        "touch ${{inputs.data}}/b.txt || echo read-only",
        "pwd; echo $VIRTUAL_ENV- $MINE $PATH; id -u",
        "python3 src/metric.py",
        "echo kept > outputs/kept.txt; echo named > ${{outputs.out}}/named.txt",
        "ls -d /root/.ssh /work /usr/share 2>/dev/null; printf 'no end'",
      ].join("\n");
      const more = [
        "code: .",
        "environment_variables: {MINE: 'a b', PATH: '/bin:/usr/bin'}",
        "inputs: {data: {type: uri_folder, path: ./given}}",
        "outputs: {out: {type: uri_folder}}",
        "",
      ].join("\n");
      const job = await run(command, more, { "src/a.txt": "from code\n", "src/metric.py": logsMetric });
      const [first, second, third, fourth, folder, variables, ...rest] = (await logOf(job)).split("\n");
      expect([first, second, third, fourth]).toEqual(["ours", "from code", "from the input", expect.any(String)]);
      expect(`${fourth}\n${folder}`).toContain("Read-only file system");
      expect([folder, variables, ...rest].join("\n")).toMatch(
        new RegExp(`read-only\n.*/${job.name}/1/wd\n- a b /bin:/usr/bin\n${process.getuid?.()}\n200\nno end$`, "u"),
      );
      expect(job).toMatchObject({ status: "Completed", exit_code: 0, error: null });
      const key = { workspace: "default", name: job.name };
      expect((await engine.artifacts.list({ ...key, path: "", recursive: true })).map(({ path }) => path)).toEqual([
        "outputs/kept.txt",
      ]);
      const tracked = await engine.tracking.runObject("default", job.name);
      expect(JSON.stringify(tracked)).toContain('"loss"');
      const lock = await engine.store.read("jobLock", key);
      expect(lock).toContain(`# image ${image}\n# id ${lab.podman("image", "inspect", "--format", "{{.Id}}", image)}`);
      const row = await engine.store.read("job", key);
      const plan = JSON.parse(row?.plan ?? "{}") as { notices: string[]; environment: { runtime: unknown } };
      expect(plan.environment.runtime).toEqual({ kind: "container", reason: "its image is on the machine" });
      expect(plan.notices).toContain(`Runs in a container of ${image} with podman: its image is on the machine.`);

      expect(lab.containers()).toEqual([]);
    });

    test("a command that fails has its exit code", async () => {
      const job = await run("echo before\nexit 3");
      expect(job).toMatchObject({ status: "Failed", exit_code: 3, error: { class: "exit", tail: ["before"] } });
    });

    test("no value stands in a process list, and nobody else's variable is inside", async () => {
      process.env["SLIPWAY_TEST_SECRET_OF_ENGINE"] = "engine";
      const command = "env > outputs/env.txt; echo up; sleep 600";
      const file = await world.project({
        "job.yml": yaml(command, "environment_variables: {API_KEY: sesame-street}\n"),
      });
      const { name } = await engine.submit(file, { runtime: "container" });
      await engine.until(name, (job) => job.status === "Running", 60_000);
      await expect.poll(() => engine.readLog(name).then(String), { timeout: 30_000 }).toContain("up");
      const processes = spawnSync("ps", ["-eww", "-o", "args"], { encoding: "utf8" }).stdout;
      expect(processes).toContain("start --attach -- slipway-");
      expect(processes).not.toContain("sesame-street");
      await engine.jobs.cancel("default", name, "tester");
      expect((await engine.ended(name, 60_000)).status).toBe("Canceled");
      const key = { workspace: "default", name };
      const [left] = await engine.artifacts.list({ ...key, path: "outputs", recursive: true });
      expect(left?.path).toBe("env.txt");
      const opened = await engine.artifacts.open({ ...key, path: "outputs/env.txt" });
      const inside = await text(opened.stream);
      expect(inside).toContain("API_KEY=sesame-street");
      expect(inside).not.toMatch(/SECRET_OF_ENGINE|CONTAINERS_CONF|SLIPWAY_HOME/u);
      Reflect.deleteProperty(process.env, "SLIPWAY_TEST_SECRET_OF_ENGINE");
      expect(lab.containers()).toEqual([]);
    });

    test("cancel ends a program that ignores SIGTERM, and what it left in the background", async () => {
      const command =
        "trap '' TERM\nsetsid sleep 600 &\npython3 -c 'import signal, time\nsignal.signal(15, signal.SIG_IGN)\nprint(\"up\", flush=True)\ntime.sleep(600)'";
      const file = await world.project({ "job.yml": yaml(command) });
      const { name } = await engine.submit(file, { runtime: "container" });
      await engine.until(name, (job) => job.status === "Running", 60_000);
      await expect.poll(() => engine.readLog(name).then(String), { timeout: 30_000 }).toContain("up");
      await engine.jobs.cancel("default", name, "tester");
      expect((await engine.ended(name, 60_000)).status).toBe("Canceled");
      expect(lab.containers()).toEqual([]);
    });

    test("a job whose client was killed is over, and its container with it", async () => {
      const file = await world.project({ "job.yml": yaml("echo up; sleep 600") });
      const { name } = await engine.submit(file, { runtime: "container" });
      await expect.poll(() => engine.readLog(name).then(String, () => ""), { timeout: 60_000 }).toContain("up");
      const [container] = lab.containers();
      const client = spawnSync("pgrep", ["-f", `start --attach -- ${container}$`], { encoding: "utf8" }).stdout.trim();
      kill(Number(client.split("\n")[0]));
      expect(await engine.ended(name, 60_000)).toMatchObject({ status: "Failed" });
      expect(lab.containers()).toEqual([]);
    });

    test("keeper and agent killed together: the job is over, and its container with it", async () => {
      const file = await world.project({ "job.yml": yaml("echo up; sleep 600") });
      const { name } = await engine.submit(file, { runtime: "container" });
      await expect.poll(() => engine.readLog(name).then(String, () => ""), { timeout: 60_000 }).toContain("up");
      const folder = join(world.home, "targets/local/jobs/default", name, "1");
      const state = JSON.parse(await readFile(join(folder, "state.json"), "utf8")) as Record<string, { pid: number }>;
      // The agent first is started anew by the keeper, so the keeper is the first.
      for (const who of ["keeper", "agent"]) kill(state[who]?.pid);
      expect(await engine.ended(name, 60_000)).toMatchObject({ status: "Failed", error: { class: "launcher_lost" } });
      expect(lab.containers()).toEqual([]);
    });

    test("what the engine cannot make is said in its words", async () => {
      const job = await run("true", "resources: {docker_args: '--add-host a:b'}\n");
      expect(job).toMatchObject({ status: "Failed", error: { class: "environment" } });
      expect(job.error?.message).toContain("invalid IP address");
      expect(lab.containers()).toEqual([]);
    });

    test("limits.timeout and resources count: the time is over, memory runs out", async () => {
      const [late, big] = await Promise.all([
        run("sleep 600", "limits: {timeout: 2}\n"),
        run(
          "python3 -c 'x = bytearray(200_000_000)'",
          "resources: {docker_args: '--memory 64m --memory-swap 64m', shm_size: 8m}\n",
        ),
      ]);
      expect(late).toMatchObject({ status: "Failed", error: { class: "timeout" } });
      // Under control groups of version 1 only root can bound memory.
      if (process.getuid?.() === 0) expect(big).toMatchObject({ status: "Failed", error: { class: "memory" } });
      expect(lab.containers()).toEqual([]);
    });
  },
);
