import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildLauncher } from "../../tools/build/launcher.ts";

const exec = promisify(execFile);
const python = process.env["SLIPWAY_TEST_PYTHON"] ?? "python3";

let folder: string;
let launcher: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-launcher-"));
  launcher = await buildLauncher(join(folder, "launcher.py"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Calls the one-file launcher far from the sources and without the variables that could lead to them. */
async function call(...args: string[]): Promise<string> {
  const { stdout } = await exec(python, [launcher, ...args], { cwd: "/", env: { PATH: process.env["PATH"] ?? "" } });
  return stdout;
}

async function waitFor<T>(look: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    try {
      return await look();
    } catch (missing) {
      if (Date.now() > deadline) throw missing;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function attempt(name: string, changes: Record<string, unknown>): Promise<string> {
  const dir = join(folder, name);
  await mkdir(join(dir, "wd"), { recursive: true });
  const spec = { version: 1, job: name, attempt: 1, marker: `${name}.1.${process.pid}`, cwd: join(dir, "wd") };
  await writeFile(join(dir, "spec.json"), JSON.stringify({ ...spec, ...changes }), { mode: 0o600 });
  return dir;
}

const exitRecord = (dir: string) =>
  waitFor(async () => JSON.parse(await readFile(join(dir, "exit.json"), "utf8")) as Record<string, unknown>);

test("the same sources give the same bytes", async () => {
  const again = await buildLauncher(join(folder, "again.py"));
  expect(await readFile(again, "utf8")).toBe(await readFile(launcher, "utf8"));
});

test("one file is enough to run a job with its relay", async () => {
  const run = { info: { run_id: "j", run_uuid: "j", experiment_id: "1" }, data: {} };
  const version =
    "import os, urllib.request as u; e = os.environ; " +
    "r = u.Request(e['MLFLOW_TRACKING_URI'] + '/version', headers={'Authorization': 'Bearer ' + e['MLFLOW_TRACKING_TOKEN']}); " +
    "print(u.build_opener(u.ProxyHandler({})).open(r).read().decode())";
  const dir = await attempt("relay", {
    argv: [python, "-c", version],
    relay: { run, token: "t", wait_s: 1, env: ["MLFLOW_TRACKING_URI"] },
  });
  expect(JSON.parse(await call("run", dir))).toMatchObject({ status: "started" });
  expect(await exitRecord(dir)).toMatchObject({ code: 0, reason: "exited" });
  expect(await readFile(join(dir, "logs/std_log_process_0.txt"), "utf8")).toBe("3.17.2\n");
});

test("a fault inside it is shown with its source line", async () => {
  const dir = await attempt("faulty", { argv: ["/no/such/program"] });
  await call("run", dir);
  expect(await exitRecord(dir)).toMatchObject({ reason: "start_failed" });
  const words = await readFile(join(dir, "launcher.log"), "utf8");
  expect(words).toContain("slipway/launcher/keeper.py");
  expect(words).toContain("self._start_command()");
});

test("it says how it is called", async () => {
  await expect(call("fly")).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("usage") as string });
  expect(JSON.parse(await call("probe"))).toHaveProperty("boot_id");
});
