import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type SlipwayClient } from "#client/index.ts";
import type { EngineRecord } from "#contract/engineRecord.ts";
import type { JobSummary } from "#contract/entities/job.ts";
import { root } from "../../../tools/process/run.ts";
import { Workbench } from "../workbench.ts";

const steps = 120;
const workspace = "default";

let folder: string;
let workbench: Workbench;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "slipway-story-"));
  cpSync(join(root, "test/fixtures/projects/followed"), join(folder, "project"), { recursive: true });
  workbench = await Workbench.open({ folder: join(folder, "project") });
});

afterAll(async () => {
  await workbench?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Asks the engine of the workbench's home, without starting one. */
async function asking<T>(ask: (client: SlipwayClient) => Promise<T>): Promise<T> {
  const client = await connect({ home: workbench.home, start: false });
  try {
    return await ask(client);
  } finally {
    client.dispose();
  }
}

const theJob = () =>
  asking(async (client): Promise<JobSummary | undefined> => {
    const { jobs } = await client.listJobs({ params: { workspace }, query: {} });
    return jobs[0];
  });

test("the folder's job file is offered, and ▶ shows what will be sent and where it runs", async () => {
  await workbench.openContainer("Slipway");
  await workbench.treeRow("Jobs", "Run from this folder");
  await workbench.treeRow("Jobs", /job\.yml/);
  await workbench.openFile("job.yml");
  await workbench.runCommand("Slipway: Run");
  const sheet = workbench.quickPick();
  await sheet.locator(".monaco-list-row").filter({ hasText: "Submit to local" }).waitFor();
  const text = await sheet.innerText();
  expect(text).toContain("1 file");
  expect(text).toContain("local for cpu-cluster");
  expect(text).toMatch(/to be built/);
  await workbench.screenshot("story-sheet");
});

test("the job is in the list, its environment's build and then its own words are in the log", async () => {
  await workbench.page.keyboard.press("Enter");
  await workbench.treeRow("Jobs", "followed");
  await expect
    .poll(async () => (await workbench.editorLines()).join("\n"), { timeout: 120_000 })
    .toMatch(/line 000\d of the program/);
  await workbench.screenshot("story-log");
});

test("the engine is killed and the window reloaded: the job goes on and ends", async () => {
  const { pid } = JSON.parse(readFileSync(join(workbench.home, "engine.json"), "utf8")) as EngineRecord;
  process.kill(pid, "SIGKILL");
  await workbench.reload();
  await workbench.openContainer("Slipway");
  await workbench.treeRow("Jobs", /followed\s*Completed/, 120_000);
  const next = JSON.parse(readFileSync(join(workbench.home, "engine.json"), "utf8")) as EngineRecord;
  expect(next.pid).not.toBe(pid);
});

test("no log byte and no metric is missing or doubled", async () => {
  const { name = "" } = (await theJob()) ?? {};
  const params = { workspace, name };
  const { log_files: logs } = await asking((client) => client.showJob({ params }));
  const path = logs.find((log) => log.path.startsWith("user_logs/"))?.path ?? "";
  const kept = await asking(async (client) => buffer((await client.readLog({ params, query: { path } })).body));
  // Whole lines, so that neither a lost nor a doubled byte can hide; MLflow's own words come after them.
  const written = Array.from({ length: steps }, (_, step) => `line ${String(step).padStart(4, "0")} of the program\n`);
  expect(kept.toString("utf8").slice(0, written.join("").length)).toBe(written.join(""));
  const [loss] = await asking((client) => client.metricHistory({ params, query: { key: ["loss"], points: 1000 } }));
  expect(loss?.points.map(([step]) => step)).toEqual(Array.from({ length: steps }, (_, step) => step));
});

test("outputs open from the tree", async () => {
  const row = await workbench.treeRow("Jobs", /followed/);
  await row.locator(".monaco-tl-twistie").click();
  const outputs = await workbench.treeRow("Jobs", "Outputs");
  await outputs.locator(".monaco-tl-twistie").click();
  await (await workbench.treeRow("Jobs", /^outputs/)).locator(".monaco-tl-twistie").click();
  await (await workbench.treeRow("Jobs", /note\.txt/)).click();
  await expect.poll(async () => (await workbench.editorLines()).join("\n")).toContain("done");
});

test("the job page draws the metric and passes an accessibility check in three themes", async () => {
  const { display_name: title = "" } = (await theJob()) ?? {};
  await workbench.runCommand("Slipway: Open Job Page");
  const choice = workbench.quickPick().locator(".monaco-list-row").filter({ hasText: title }).first();
  await choice.or(workbench.page.locator("iframe.webview.ready")).first().waitFor();
  if (await choice.isVisible()) await choice.click();
  const page = await workbench.webview();
  await page.locator(".chart canvas").first().waitFor();
  expect(await page.locator("h1").innerText()).toBe(title);
  const axe = readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8");
  for (const theme of ["light", "dark", "high-contrast"] as const) {
    await workbench.setTheme(theme);
    await page.locator(`body.vscode-${theme}`).waitFor();
    await page.evaluate(axe);
    const violations = await page.evaluate<string[]>(
      `axe.run(document, { runOnly: ["wcag2a", "wcag2aa"] }).then((result) => result.violations.map((one) => one.id + ": " + one.nodes.map((node) => node.target).join(", ")))`,
    );
    expect(violations, theme).toEqual([]);
    await workbench.screenshot(`story-page-${theme}`);
  }
});
