import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Frame } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type SlipwayClient } from "#client/index.ts";
import { BuiltHome } from "../../cli/built.ts";
import { mlflowCalls } from "../mlflowCalls.ts";
import { violationsIn } from "../accessibility.ts";
import { Workbench } from "../workbench.ts";

const runs = [
  { name: "slow_and_steady", lr: "1e-3", code: "epochs = 40\nmomentum = 0.9\n", rate: 0.03 },
  { name: "quick_and_bold", lr: "3e-4", code: "epochs = 40\nmomentum = 0.95\n", rate: 0.06 },
  { name: "middle_way", lr: "5e-4", code: "epochs = 40\nmomentum = 0.9\n", rate: 0.045 },
];
const yaml = ({ name, lr }: { name: string; lr: string }) => `name: ${name}
display_name: ${name.replaceAll("_", " ")}
experiment_name: digits
command: python train.py --lr \${{inputs.lr}}
code: .
inputs:
  lr: "${lr}"
  optimizer: adam
environment:
  image: library/python:latest
tags: {team: vision}
`;

let home: BuiltHome;
let client: SlipwayClient;
let workbench: Workbench;
let page: Frame;

beforeAll(async () => {
  home = new BuiltHome();
  const project = join(home.folder, "project");
  for (const run of runs) {
    const folder = join(home.folder, run.name);
    mkdirSync(folder);
    writeFileSync(join(folder, "train.py"), `${run.code}print("trained")\n`);
    writeFileSync(join(folder, "job.yml"), yaml(run));
    if (run.name === "quick_and_bold") writeFileSync(join(folder, "augment.py"), "flip = True\n");
    const { code, stderr } = await home.run(["job", "create", "-f", join(folder, "job.yml"), "--stream"]);
    if (code !== 0) throw new Error(stderr);
  }
  mkdirSync(project);
  client = await connect({ home: home.home, start: false });
  const { call, logMetric } = await mlflowCalls(client);
  for (const { name, lr, rate } of runs) {
    await call("runs/log-parameter", { run_id: name, key: "lr", value: lr });
    const steps = Array.from({ length: 60 }, (_, step) => step);
    await logMetric(
      name,
      "loss",
      steps.map((step) => 2.3 * Math.exp(-rate * step) + 0.04 * Math.sin(step)),
    );
    await logMetric(
      name,
      "accuracy",
      steps.map((step) => 1 - 0.9 * Math.exp(-rate * step)),
    );
  }
  workbench = await Workbench.open({ folder: project, home: home.home });
});

afterAll(async () => {
  await workbench?.close();
  client?.dispose();
  await home?.remove();
});

test("rows that are selected in the tree are compared, and the label says what differs", async () => {
  await workbench.openContainer("Slipway");
  await (await workbench.treeRow("Jobs", "slow and steady")).click();
  await (await workbench.treeRow("Jobs", "quick and bold")).click({ modifiers: ["Control"] });
  await (await workbench.treeRow("Jobs", "quick and bold")).click({ button: "right" });
  const entry = workbench.page.locator(".monaco-menu .action-item", { hasText: "Compare Runs…" }).first();
  await entry.waitFor();
  // A menu that has just opened takes no click, lest the one that opened it counts twice.
  await expect
    .poll(async () => {
      await entry.click({ timeout: 1000 }).catch(() => undefined);
      return entry.isVisible();
    })
    .toBe(false);
  await workbench.page.locator(".tab", { hasText: "slow and steady ↔ quick and bold" }).waitFor();
  page = await workbench.webview();
  await page.locator(".runs .label").first().waitFor();
  expect(await page.locator(".runs .label").allInnerTexts()).toEqual([expect.stringMatching(/^lr .* → .*code/u)]);
  const facts = await page.locator(".grid tbody th[scope=row]").allInnerTexts();
  expect(facts).toContain("lr");
  expect(facts).not.toContain("optimizer");
  await page.locator(".chart").first().scrollIntoViewIfNeeded();
  await page.locator(".chart canvas").first().waitFor();
  await page.evaluate("window.scrollTo(0, 0)");
});

test("all facts are shown on request", async () => {
  await page.locator("vscode-checkbox", { hasText: "All" }).click();
  await expect.poll(() => page.locator(".grid tbody th[scope=row]").allInnerTexts()).toContain("optimizer");
  await page.locator("vscode-checkbox", { hasText: "All" }).click();
});

test("a third run is added by searching for it, and the baseline can be changed", async () => {
  await page.locator("vscode-button", { hasText: "Choose runs…" }).click();
  const picker = workbench.quickPick();
  await picker.locator("input.input").first().fill("middle");
  await picker.locator(".monaco-list-row").filter({ hasText: "middle way" }).first().click();
  await picker.getByText("OK", { exact: true }).click();
  await expect.poll(() => page.locator(".runs tbody tr").count()).toBe(3);
  await page.getByRole("button", { name: "Baseline: hold the others against middle way" }).click();
  await expect.poll(() => page.locator(".runs tbody td.quiet").innerText()).toBe("baseline");
  await expect.poll(() => page.locator(".runs tbody tr").nth(2).innerText()).toContain("baseline");
  await page.getByRole("button", { name: "Baseline: hold the others against slow and steady" }).click();
  await expect.poll(() => page.locator(".runs tbody tr").nth(0).innerText()).toContain("baseline");
});

test("the page passes an accessibility check in three themes", async () => {
  for (const theme of ["light", "dark", "high-contrast"] as const) {
    expect(await violationsIn(workbench, page, theme), theme).toEqual([]);
    await page.evaluate("window.scrollTo(0, 0)");
    await workbench.screenshot(`compare-${theme}`);
    await page.locator(".chart").first().scrollIntoViewIfNeeded();
    await workbench.screenshot(`compare-curves-${theme}`);
  }
  await page.evaluate("window.scrollTo(0, 0)");
});

test("a run that goes on is followed without asking again", async () => {
  const { logMetric } = await mlflowCalls(client);
  await logMetric("quick_and_bold", "f1", [0.1, 0.2, 0.3]);
  await expect.poll(() => page.locator(".chart figcaption").allInnerTexts()).toContain("f1");
});

test("a comparison is exported as a file that needs nothing else", async () => {
  await page.locator("vscode-button", { hasText: "Export HTML" }).click();
  const file = join(home.folder, "project/comparison.html");
  const input = workbench.quickPick().locator("input.input").first();
  await input.waitFor();
  await input.fill(file);
  await workbench.page.keyboard.press("Enter");
  await expect.poll(() => tryRead(file), { timeout: 20_000 }).toContain("<polyline");
  const html = tryRead(file);
  expect(html).toContain("quick and bold");
  expect(html).not.toMatch(/<script|https?:\/\//u);
});

test("a file of the code that differs opens as a native diff", async () => {
  await page.locator(".files button", { hasText: "train.py" }).click();
  const diff = workbench.page.locator(".editor-group-container.active .diff-editor, .monaco-diff-editor").first();
  await diff.waitFor();
  await expect.poll(async () => (await workbench.editorLines()).join("\n")).toMatch(/momentum = 0\.9\b[\s\S]*0\.95/u);
  await workbench.screenshot("compare-diff");
});

function tryRead(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
