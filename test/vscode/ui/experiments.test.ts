import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type SlipwayClient } from "#client/index.ts";
import { BuiltHome } from "../../cli/built.ts";
import { mlflowCalls } from "../mlflowCalls.ts";
import { Workbench } from "../workbench.ts";

let home: BuiltHome;
let client: SlipwayClient;
let workbench: Workbench;

beforeAll(async () => {
  home = new BuiltHome();
  const project = join(home.folder, "project");
  mkdirSync(project);
  const { code, stderr } = await home.run(["engine", "start"]);
  if (code !== 0) throw new Error(stderr);
  client = await connect({ home: home.home, start: false });
  const { call } = await mlflowCalls(client);
  for (const [experiment, names] of [
    ["vision/digits", ["small net", "large net"]],
    ["vision/faces", ["first look"]],
    ["text", ["reader"]],
  ] as const) {
    const { experiment_id } = (await call("experiments/create", { name: experiment })) as { experiment_id: string };
    for (const run_name of names) await call("runs/create", { experiment_id, run_name, start_time: 1 });
  }
  workbench = await Workbench.open({ folder: project, home: home.home });
});

afterAll(async () => {
  await workbench?.close();
  client?.dispose();
  await home?.remove();
});

test("grouped by experiment, jobs stand in folders that count them", async () => {
  await workbench.openContainer("Slipway");
  await workbench.treeRow("Jobs", "small net");
  await workbench.runCommand("Slipway: Group Jobs by Experiment");
  await expect
    .poll(() => workbench.treeRows("Jobs"))
    .toEqual([expect.stringMatching(/^text 1 job$/), expect.stringMatching(/^vision 3 jobs$/)]);
  await (await workbench.treeRow("Jobs", "vision")).click();
  await (await workbench.treeRow("Jobs", "digits")).click();
  await workbench.treeRow("Jobs", "small net");
  expect(await workbench.treeRows("Jobs")).toEqual([
    expect.stringMatching(/^text/),
    expect.stringMatching(/^vision/),
    expect.stringMatching(/^digits 2 jobs/),
    expect.stringMatching(/^(?:small|large) net/),
    expect.stringMatching(/^(?:small|large) net/),
    expect.stringMatching(/^faces 1 job/),
  ]);
  await workbench.screenshot("experiment-folders");
});

test("a pinned job stays at the top, and a filter takes the others out of the folders", async () => {
  await (await workbench.treeRow("Jobs", "small net")).click();
  await workbench.page.locator(".tab", { hasText: "small net" }).waitFor();
  await workbench.webview();
  // The job's page has opened and taken the keyboard.
  await workbench.page.locator(".sidebar .pane-header").first().focus();
  await workbench.runCommand("Slipway: Pin Job");
  await expect
    .poll(() => workbench.treeRows("Jobs"))
    .toEqual([
      expect.stringMatching(/^small net/),
      expect.stringMatching(/^text/),
      expect.stringMatching(/^vision 2 jobs/),
      expect.stringMatching(/^digits 1 job/),
      expect.stringMatching(/^large net/),
      expect.stringMatching(/^faces/),
    ]);
  await workbench.runCommand("Slipway: Filter Jobs…");
  await workbench.quickPick().locator("input.input").first().fill("faces");
  await workbench.page.keyboard.press("Enter");
  await expect
    .poll(() => workbench.treeRows("Jobs"))
    .toEqual([expect.stringMatching(/^vision 1 job/), expect.stringMatching(/^faces 1 job/)]);
});

test("the same command shows one list again", async () => {
  await workbench.runCommand("Slipway: Clear Job Filter");
  await workbench.runCommand("Slipway: Group Jobs by Experiment");
  await expect.poll(() => workbench.treeRows("Jobs")).toHaveLength(4);
});
