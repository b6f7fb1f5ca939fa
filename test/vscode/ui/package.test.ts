import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageExtension } from "../../../tools/package.ts";
import { Workbench } from "../workbench.ts";

let folder: string;
let workbench: Workbench;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "slipway-package-"));
  cpSync(join(import.meta.dirname, "../../../examples"), join(folder, "examples"), { recursive: true });
  const vsix = await packageExtension({ outFile: join(folder, "slipway.vsix") });
  workbench = await Workbench.open({ folder: join(folder, "examples"), vsix });
});

afterAll(async () => {
  await workbench?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("the package, installed into a clean server, shows its views", async () => {
  await workbench.openContainer("Slipway");
  const titles = await workbench.page.locator(".sidebar .pane-header .title").allInnerTexts();
  expect(titles.map((title) => title.toUpperCase())).toEqual(["WORKSPACES", "JOBS", "MODELS", "COMPUTE", "ENDPOINTS"]);
  await workbench.screenshot("package-smoke");
});

test("the package's commands are on the palette and no error is shown", async () => {
  await workbench.openPalette(">Slipway");
  await workbench.quickPick().locator(".monaco-list-row").filter({ hasText: "Slipway" }).first().waitFor();
  await workbench.page.keyboard.press("Escape");
  expect(await workbench.notifications()).toEqual([]);
});
