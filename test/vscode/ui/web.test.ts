import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../../../tools/process/run.ts";
import { Workbench } from "../workbench.ts";

let folder: string;
let workbench: Workbench;

/** The extension in VS Code's web worker, where there is no Node: what vscode.dev does for want of a machine. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "slipway-web-"));
  const schema = "$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json\n";
  writeFileSync(join(folder, "job.yml"), `${schema}command: python train.py\nenvironment: azureml:e@latest\n`);
  writeFileSync(join(folder, "wrong.yml"), `${schema}command: echo\ncompote: local\nenvironment: azureml:e@latest\n`);
  const run = join(folder, "mlruns/1/4f1c");
  for (const part of ["params", "metrics"]) mkdirSync(join(run, part), { recursive: true });
  writeFileSync(join(folder, "mlruns/1/meta.yaml"), "experiment_id: '1'\nname: digits\n");
  writeFileSync(join(run, "meta.yaml"), "run_id: 4f1c\nrun_name: small net\nstatus: 3\n");
  writeFileSync(join(run, "params/lr"), "0.01");
  writeFileSync(join(run, "metrics/loss"), "1700000000000 0.9 0\n1700000001000 0.25 1\n");
  workbench = await Workbench.open({
    folder,
    settings: { "extensions.webWorker": true, "remote.extensionKind": { "slipway.slipway": ["web"] } },
  });
});

afterAll(async () => {
  await workbench?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("the web bundle asks for nothing but VS Code", () => {
  const text = readFileSync(join(root, "dist/web/extension.cjs"), "utf8");
  const asked = [...text.matchAll(/require\("([^"]+)"\)/g)].map(([, name = ""]) => name);
  expect(new Set(asked)).toEqual(new Set(["vscode"]));
  expect(builtinModules.filter((name) => text.includes(`"node:${name}"`))).toEqual([]);
});

test("job files and exported runs are shown, and that nothing runs", async () => {
  await workbench.page.locator('.activitybar .action-item:has(a[aria-label^="Slipway"])').first().click();
  // The only view stands in its container without a header of its own: the others need an engine.
  const row = (text: string | RegExp) =>
    workbench.page.locator(".sidebar .monaco-list-row").filter({ hasText: text }).first();
  await row("Nothing runs in a browser alone").waitFor();
  await row(/job\.yml.*command/).waitFor();
  await row("Exported runs of this folder").click();
  await row(/small net.*Completed/).click();
  await row(/lr.*0\.01/).waitFor();
  await row(/loss.*0\.25/).waitFor();
  expect(await workbench.page.locator(".sidebar .pane-header:visible").count()).toBe(0);
  await workbench.screenshot("web");
});

test("YAML is checked", async () => {
  await workbench.openFile("wrong.yml");
  await workbench.page.locator(".squiggly-error").first().waitFor();
});

test("a command says why it cannot run and what to do", async () => {
  await workbench.runCommand("Slipway: Compare Runs…");
  await workbench.notification(/“Compare Runs…” needs a machine/);
});
