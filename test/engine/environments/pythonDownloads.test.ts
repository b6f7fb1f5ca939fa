import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { systemClock } from "#base/clock.ts";
import { loadCatalogue } from "#engine/environments/loadCatalogue.ts";
import { PythonDownloads } from "#engine/environments/pythonDownloads.ts";
import { EnvironmentLab } from "./lab.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const lab = new EnvironmentLab();
const mirror = process.env["UV_PYTHON_INSTALL_MIRROR"];

beforeAll(() => lab.open([]));

afterAll(async () => {
  if (mirror === undefined) delete process.env["UV_PYTHON_INSTALL_MIRROR"];
  else process.env["UV_PYTHON_INSTALL_MIRROR"] = mirror;
  await lab.close();
});

it("takes the nearest Python when the download cannot be reached, and asks once", async () => {
  // Nobody listens at this address: the same for a machine with and without a way out.
  process.env["UV_PYTHON_INSTALL_MIRROR"] = "http://127.0.0.1:9";
  let now = 0;
  const exec = vi.spyOn(lab.transport, "exec");
  const downloads = new PythonDownloads({ clock: { ...systemClock, monotonic: () => now } });
  const request = { condaFile: "dependencies:\n - python=3.9\n" };
  const facts = {
    ...lab.facts,
    interpreters: lab.facts.interpreters.filter(({ version }) => !version.startsWith("3.9.")),
  };
  const options = { host: lab.host, request, facts };
  const first = await downloads.plan(options);
  expect(first.plan).toMatchObject({ python: { wanted: "3.9", exact: false }, refusals: [] });
  expect(first.plan.report.map(({ rule }) => rule)).toContain("python-relaxed");
  const asked = exec.mock.calls.length;
  expect(asked).toBe(1);
  expect((await downloads.plan(options)).plan.key).toBe(first.plan.key);
  expect(exec.mock.calls.length).toBe(asked);
  now += 3_700_000;
  await downloads.plan(options);
  expect(exec.mock.calls.length).toBe(asked + 1);
});

it("reads a user's catalogue from the home folder, where there is one", async () => {
  const home = mkdtempSync(join(lab.folder, "home-"));
  expect((await loadCatalogue(home)).find("team-env")).toBeUndefined();
  writeFileSync(join(home, "environments.yml"), "environments:\n  team-env:\n    requirements: [numpy]\n");
  expect((await loadCatalogue(home)).find("azureml:team-env@latest")?.requirementsFor("3.11.7").requirements).toEqual([
    "numpy",
  ]);
});
