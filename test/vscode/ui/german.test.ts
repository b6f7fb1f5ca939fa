import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../../../tools/process/run.ts";
import { Workbench } from "../workbench.ts";

let folder: string;
let workbench: Workbench;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "slipway-german-"));
  cpSync(join(root, "test/fixtures/projects/followed"), folder, { recursive: true });
  workbench = await Workbench.open({ folder, language: "de" });
});

afterAll(async () => {
  await workbench?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("views have German names and rows German words", async () => {
  await workbench.openContainer("Slipway");
  const titles = await workbench.page.locator(".sidebar .pane-header .title").allInnerTexts();
  expect(titles).toEqual(expect.arrayContaining(["Aufträge", "Arbeitsbereiche", "Modelle", "Endpunkte"]));
  await workbench.treeRow("Aufträge", "Aus diesem Ordner ausführen");
  await workbench.screenshot("german");
});

test("commands are found by their German titles", async () => {
  await workbench.openPalette(">Slipway: Arbeitsbereich");
  const rows = workbench.quickPick().locator(".monaco-list-row");
  await rows.filter({ hasText: "Slipway: Arbeitsbereich erstellen…" }).first().waitFor();
  await workbench.page.keyboard.press("Escape");
});
