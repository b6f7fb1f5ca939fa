import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../../../tools/process/run.ts";
import { Workbench } from "../workbench.ts";

let folder: string;
let project: string;
let canary: string;
let workbench: Workbench;

/** A folder that would run something if any of its hooks were heard: interpreters, settings, start-up files. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "slipway-restricted-"));
  project = join(folder, "project");
  canary = join(folder, "canary");
  cpSync(join(root, "test/fixtures/projects/followed"), project, { recursive: true });
  const program = join(project, "bin/python");
  mkdirSync(join(project, "bin"));
  writeFileSync(program, `#!/bin/sh\ntouch ${canary}\n`);
  chmodSync(program, 0o755);
  cpSync(program, join(project, "bin/node"));
  mkdirSync(join(project, ".vscode"));
  const settings = {
    "slipway.python.path": program,
    "slipway.engine.nodePath": join(project, "bin/node"),
    "slipway.home": join(project, "home"),
  };
  writeFileSync(join(project, ".vscode/settings.json"), JSON.stringify(settings));
  writeFileSync(join(project, ".env"), `PATH=${join(project, "bin")}\n`);
  writeFileSync(join(project, "sitecustomize.py"), `open(${JSON.stringify(canary)}, "w")\n`);
  writeFileSync(
    join(project, "wrong.yml"),
    "$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json\ncommand: echo\ncompote: local\nenvironment: azureml:e@latest\n",
  );
  workbench = await Workbench.open({ folder: project, restrictedMode: true });
});

afterAll(async () => {
  await workbench?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("T17 the Jobs view says that the folder is restricted, and still names its files", async () => {
  await workbench.openContainer("Slipway");
  await workbench.treeRow("Jobs", /job\.yml/);
  await workbench.treeRow("Jobs", "Restricted Mode");
  await workbench.screenshot("restricted");
});

test("T17 YAML is checked without trust", async () => {
  await workbench.openFile("wrong.yml");
  await workbench.page.locator(".squiggly-error").first().waitFor();
});

test("T17 nothing can be run: the command is not offered", async () => {
  await workbench.openPalette(">Slipway: Run");
  const offered = await workbench.quickPick().locator(".monaco-list-row").allInnerTexts();
  expect(offered.filter((text) => /Slipway: Run\b(?! Again)/.test(text))).toEqual([]);
  await workbench.page.keyboard.press("Escape");
});

test("T17 no hook of the folder was heard, and no engine was started", () => {
  expect(existsSync(canary)).toBe(false);
  expect(existsSync(join(project, "home"))).toBe(false);
  expect(existsSync(join(workbench.home, "engine.json"))).toBe(false);
});
