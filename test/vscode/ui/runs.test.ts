import type { Frame } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type SlipwayClient } from "#client/index.ts";
import { BuiltHome } from "../../cli/built.ts";
import { mlflowCalls } from "../mlflowCalls.ts";
import { violationsIn } from "../accessibility.ts";
import { Workbench } from "../workbench.ts";

const statuses = ["FINISHED", "FINISHED", "FAILED", "RUNNING", "FINISHED", "KILLED"];

let home: BuiltHome;
let client: SlipwayClient;
let workbench: Workbench;
let page: Frame;

beforeAll(async () => {
  home = new BuiltHome();
  const { code, stderr } = await home.run(["engine", "start"]);
  if (code !== 0) throw new Error(stderr);
  client = await connect({ home: home.home, start: false });
  const { call } = await mlflowCalls(client);
  for (let run = 0; run < 60; run++) {
    const started = 1_760_000_000_000 + run * 3_600_000;
    const made = (await call("runs/create", { experiment_id: "0", run_name: `sweep ${run}`, start_time: started })) as {
      run: { info: { run_id: string } };
    };
    const id = made.run.info.run_id;
    const metric = (key: string, value: number) => ({ key, value, timestamp: started, step: 9 });
    await call("runs/log-batch", {
      run_id: id,
      params: Object.entries({
        lr: 10 ** -(1 + (run % 5)),
        batch_size: 16 * (1 + (run % 4)),
        optimizer: run % 2 ? "adam" : "sgd",
      }).map(([key, value]) => ({ key, value: String(value) })),
      tags: [{ key: "team", value: run % 3 ? "vision" : "=SUM(A1)" }],
      metrics: [
        metric("loss", 1 / (run + 1)),
        metric("train/loss", 0.9 / (run + 1)),
        metric("train/accuracy", 1 - 1 / (run + 2)),
      ],
    });
    const status = statuses[run % statuses.length] ?? "FINISHED";
    if (status !== "RUNNING") await call("runs/update", { run_id: id, status, end_time: started + 1000 * (run + 5) });
  }
  workbench = await Workbench.open({ folder: home.folder, home: home.home });
});

afterAll(async () => {
  await workbench?.close();
  client?.dispose();
  await home?.remove();
});

const count = () => page.locator(".count").innerText();

test("the table opens from the palette with the runs of the workspace", async () => {
  await workbench.openContainer("Slipway");
  await workbench.treeRow("Jobs", "sweep 59");
  await workbench.runCommand("Slipway: Open Runs Table");
  page = await workbench.webview();
  await page.locator(".link", { hasText: "sweep 59" }).waitFor();
  expect(await count()).toBe("60 runs");
});

test("the table passes an accessibility check in three themes", async () => {
  await page.getByRole("grid").focus();
  await page.getByRole("grid").press("Space");
  await page.getByRole("grid").press("Shift+ArrowDown");
  await page.getByText("2 selected").waitFor();
  await page.getByRole("combobox", { name: "Filter" }).fill("params.lr < 0.05 AND foo.x = 1");
  await page.getByRole("alert").waitFor();
  for (const theme of ["light", "dark", "high-contrast"] as const) {
    expect(await violationsIn(workbench, page, theme), theme).toEqual([]);
    await workbench.screenshot(`runs-${theme}`);
  }
  await page.getByRole("button", { name: "Clear filter" }).click();
});

test("runs are deleted after a question that says the bytes, and come back by Undo", async () => {
  await page.locator("vscode-button", { hasText: "Delete…" }).click();
  const dialog = workbench.page.locator(".monaco-dialog-box");
  await dialog.waitFor();
  expect(await dialog.innerText()).toMatch(/Delete 2 runs\? Their artifacts are 0 B\./u);
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect.poll(count).toBe("58 runs");
  await page.locator(".notice vscode-button", { hasText: "Undo" }).click();
  await expect.poll(count).toBe("60 runs");
});

test("a comparison is opened from the selection", async () => {
  await page.getByRole("grid").press("Control+Home");
  await page.getByRole("grid").press("Space");
  await page.getByRole("grid").press("ArrowDown");
  await page.getByRole("grid").press("Space");
  await page.locator("vscode-button", { hasText: "Compare" }).click();
  await workbench.page.locator(".tab", { hasText: "↔" }).waitFor();
});
