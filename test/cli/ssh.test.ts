import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Compute } from "#contract/entities/asset.ts";
import type { Job } from "#contract/entities/job.ts";
import { Hosts, whyNoHosts, type Host } from "../transport/ssh/hosts.ts";
import { LiveEngine } from "../security/liveEngine.ts";
import { BuiltHome, notBuilt } from "./built.ts";

const why = notBuilt ?? whyNoHosts();

describe.skipIf(why !== undefined)(why === undefined ? "a machine over ssh" : `a machine over ssh: ${why}`, () => {
  let hosts: Hosts;
  let host: Host;
  let built: BuiltHome;
  let attach: string[];

  beforeAll(async () => {
    hosts = await Hosts.make();
    host = await hosts.start("gpubox");
    built = new BuiltHome({ env: { HOME: hosts.home, SSH_AUTH_SOCK: "" } });
    attach = ["compute", "attach", "-n", "gpu1", "--host", host.address, "--user", "root"];
  });
  afterAll(async () => {
    await built.remove();
    await hosts.dispose();
  });

  const finished = async (name: string): Promise<Job> => {
    await built.run(["job", "stream", "-n", name]);
    return built.json<Job>(["job", "show", "-n", name]);
  };

  test("is attached once its key was agreed to, and says what it is", async () => {
    const unknown = await built.run(attach);
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain(host.fingerprint());
    const compute = await built.json<Compute>([...attach, "--host-key-fingerprint", host.fingerprint()]);
    expect(compute).toMatchObject({ name: "gpu1", type: "ssh", provisioning_state: "Succeeded" });
    const facts = await built.json<Record<string, unknown>>(["compute", "probe", "-n", "gpu1"]);
    expect(facts).toMatchObject({ hostname: "gpubox", gpus: [], python: expect.stringMatching(/^3\./) as string });
  });

  // Runs with the machine's own Python, as a script does: hosts of these tests reach no package index.
  const program = [
    "import os, platform, sys, json, urllib.request",
    "print('on', platform.node(), flush=True)",
    "base, token = os.environ['MLFLOW_TRACKING_URI'], os.environ['MLFLOW_TRACKING_TOKEN']",
    "def log(key, value, step):",
    "    body = {'run_id': os.environ['MLFLOW_RUN_ID'], 'key': key, 'value': value, 'step': step, 'timestamp': 1}",
    "    call = urllib.request.Request(base + '/api/2.0/mlflow/runs/log-metric', json.dumps(body).encode(),",
    "        {'content-type': 'application/json', 'authorization': 'Bearer ' + token})",
    "    urllib.request.urlopen(call, timeout=20).read()",
    "for step in range(50): log('loss', 1 / (step + 1), step)",
    "os.makedirs('outputs/deep', exist_ok=True)",
    "open('outputs/deep/model.bin', 'wb').write(bytes(range(256)))",
  ].join("\n");

  test("runs a job: log, metrics, code, inputs and outputs go there and back", async () => {
    const file = built.write("train.py", program);
    await built.run(["workspace", "update", "-n", "default", "--default-compute", "gpu1"]);
    const { name } = await built.json<Job>(["job", "create", "-f", file]);
    const job = await finished(name);
    expect(job).toMatchObject({ status: "Completed", compute: expect.stringContaining("gpu1") as string });
    const log = await built.run(["job", "stream", "-n", name]);
    expect(log.stdout).toContain("on gpubox");
    await built.run(["job", "download", "-n", name, "--all", "-p", join(built.folder, "back")]);
    const files = await readdir(join(built.folder, "back"), { recursive: true });
    expect(files.some((path) => path.endsWith("model.bin"))).toBe(true);
  });

  test(
    "F11 connections end again and again, the link is cut and the engine killed: the job's log and metrics are whole, and once",
    { timeout: 150_000 },
    async () => {
      const lines = 3000;
      const long = [
        program.slice(0, program.indexOf("for step")),
        "import time",
        `for line in range(${lines}):`,
        "    print('line', line, flush=True)",
        "    if line % 100 == 0: log('mark', line, line)",
        "    time.sleep(0.01)",
      ];
      const file = built.write("long.py", long.join("\n"));
      const { name } = await built.json<Job>(["job", "create", "-f", file]);
      const log = join(built.home, "logs/default", name, "user_logs/std_log.txt");
      const reached = (count: number) =>
        until(async () => (await readFile(log, "utf8").catch(() => "")).split("\n").length > count);
      const isLost = async (): Promise<boolean> =>
        (await built.json<Job>(["job", "show", "-n", name])).connection.state === "lost";
      for (let cut = 1; cut <= 5; cut++) {
        await reached(100 * cut);
        await until(() => Promise.resolve(endsConnections(host)));
      }
      await reached(600);
      const { pid } = await built.json<{ pid: number }>(["engine", "status"]);
      process.kill(pid, "SIGKILL");
      await built.run(["engine", "start"]);
      await reached(800);
      // Nothing comes through, and nobody says so: only what is not heard tells.
      host.cut();
      await until(isLost);
      expect((await built.json<Job>(["job", "show", "-n", name])).status).toBe("Running");
      host.heal();
      expect(await finished(name)).toMatchObject({ status: "Completed", exit_code: 0 });
      const expected = Array.from({ length: lines }, (_, line) => `line ${line}\n`).join("");
      expect(await readFile(log, "utf8")).toBe(`on gpubox\n${expected}`);
      const live = await LiveEngine.start({ built });
      const reply = await live.mlflow("GET", `/api/2.0/mlflow/metrics/get-history?run_id=${name}&metric_key=mark`);
      const { metrics } = JSON.parse(reply.body.toString()) as { metrics: { step: number }[] };
      expect(metrics.map(({ step }) => Number(step))).toEqual(Array.from({ length: lines / 100 }, (_, at) => 100 * at));
      live.client.dispose();
    },
  );

  test("a cancel reaches a job and its helpers, also one that was asked for while the host was away", async () => {
    const file = built.write(
      "sleep.py",
      "import subprocess\nprint('up', flush=True)\nsubprocess.run(['sleep', '4321'])\n",
    );
    const start = async (): Promise<string> => {
      const { name } = await built.json<Job>(["job", "create", "-f", file]);
      await until(() => Promise.resolve(host.run("ps", "-eo", "args").includes("sleep 4321")));
      return name;
    };
    const first = await start();
    await built.run(["job", "cancel", "-n", first]);
    expect(await finished(first)).toMatchObject({ status: "Canceled" });
    expect(host.run("ps", "-eo", "args")).not.toContain("sleep 4321");
    const second = await start();
    host.cut();
    await built.run(["job", "cancel", "-n", second]);
    host.heal();
    expect(await finished(second)).toMatchObject({ status: "Canceled" });
    expect(host.run("ps", "-eo", "args")).not.toContain("sleep 4321");
  });

  test("is forgotten without a trace", async () => {
    await built.run(["workspace", "update", "-n", "default", "--default-compute", "local"]);
    const before = await readdir(host.home);
    expect(before).toContain(".slipway-target");
    expect(await built.json(["compute", "detach", "-n", "gpu1", "--remove"])).toEqual({ name: "gpu1", removed: true });
    const after = (await readdir(host.home)).filter((name) => name !== ".ssh");
    expect(after).toEqual([]);
    expect(host.run("ps", "-eo", "args")).not.toContain("slipway_launcher");
    await rm(join(built.folder, "back"), { recursive: true, force: true });
  });
});

/** Ends the server's side of the connections, without a word; false while there is none. */
function endsConnections(host: Host): boolean {
  try {
    host.run("pkill", "-9", "-f", "^sshd: root");
    return true;
  } catch {
    return false;
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error("it does not come to that");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
