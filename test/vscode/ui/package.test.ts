import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hostTarget } from "../../../tools/build/natives.ts";
import { packageExtension } from "../../../tools/package.ts";
import { root } from "../../../tools/process/run.ts";
import { Workbench } from "../workbench.ts";

let folder: string;
let workspace: string;
let workbench: Workbench;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "slipway-package-"));
  workspace = join(folder, "examples");
  cpSync(join(root, "examples"), workspace, { recursive: true });
  const vsix = await packageExtension({ outFile: join(folder, "slipway.vsix") });
  workbench = await Workbench.open({ folder: workspace, vsix });
});

afterAll(async () => {
  await workbench?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("the package holds what runs, with the natives of this platform only", () => {
  const [extension = "missing"] = globSync("extensions/slipway.slipway-*", { cwd: workbench.folder });
  const files = globSync("**/*", { cwd: join(workbench.folder, extension) });
  const parts = ["dist/extension.cjs", "dist/language-server.cjs", "dist/cli/slipway.js", "dist/engine/main.js"];
  expect(files).toEqual(expect.arrayContaining([...parts, "dist/python/slipway_launcher.py", "dist/build.json"]));
  const natives = files.filter((file) => file.endsWith(".node"));
  expect(natives.map((file) => file.replace(/^.*\//, ""))).toEqual([
    `${hostTarget().replace("alpine", "linuxmusl")}.node`,
  ]);
  expect(files.filter((file) => /^(src|test|tools|node_modules)\b/.test(file))).toEqual([]);
});

test("the package, installed into a clean server, shows its five views", async () => {
  await workbench.openContainer("Slipway");
  const titles = await workbench.page.locator(".sidebar .pane-header .title").allInnerTexts();
  expect(titles.sort()).toEqual(["Compute", "Endpoints", "Jobs", "Models", "Workspaces"]);
  await workbench.screenshot("package-smoke");
});

test("the package's commands are on the palette and no error is shown", async () => {
  await workbench.openPalette(">Slipway");
  await workbench.quickPick().locator(".monaco-list-row").filter({ hasText: "Slipway" }).first().waitFor();
  await workbench.page.keyboard.press("Escape");
  expect(await workbench.notifications()).toEqual([]);
});

test("the package's terminal program is on the PATH of integrated terminals", async () => {
  const said = join(folder, "version.txt");
  await workbench.runCommand("Terminal: Create New Terminal");
  await workbench.page.locator(".terminal-wrapper.active .xterm-helper-textarea").waitFor({ state: "attached" });
  await workbench.page.locator(".terminal-wrapper.active .xterm-screen").waitFor();
  await workbench.page.keyboard.type(`slipway --version > ${said}.part && mv ${said}.part ${said}\n`);
  await expect.poll(() => existsSync(said), { timeout: 30_000, interval: 200 }).toBe(true);
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  expect(readFileSync(said, "utf8")).toContain(version);
});
