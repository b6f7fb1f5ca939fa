import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "#base/clock.ts";
import { Keeping } from "#engine/gc/keeping.ts";
import { RunTable } from "#engine/runTable/runTable.ts";
import { Api } from "../engine/tracking/support/api.ts";
import { startTrackingServer, type TrackingServer } from "../mlflow/support/trackingServer.ts";
import { findBrowser, startBrowser } from "../vscode/driver/browser.ts";
import { panelIsBuilt } from "./panelServer.ts";
import { openRunsPage, tableClient, type RunsPage } from "./runsPage.ts";

const missing = !panelIsBuilt("runs") ? "needs `npm run build`" : findBrowser() === undefined ? "needs Chromium" : "";
const runs = 600;

describe.skipIf(missing)(`the runs page${missing ? `: ${missing}` : ""}`, { timeout: 120_000 }, () => {
  let server: TrackingServer;
  let api: Api;
  let browser: Browser;
  let runsPage: RunsPage;
  let page: Page;

  beforeAll(async () => {
    server = await startTrackingServer();
    api = new Api(server);
    const table = new RunTable({
      ...{ store: server.store, clock: systemClock },
      keeping: new Keeping({ store: server.store, clock: systemClock, logs: "/nowhere", announce: () => undefined }),
    });
    for (let run = 0; run < runs; run++) {
      const id = await api.newRun("0", { run_name: `run ${run}`, start_time: run + 1 });
      await api.ok("runs/log-batch", {
        run_id: id,
        params: [{ key: "lr", value: String(1 / (run + 1)) }],
        tags: [{ key: "team", value: run % 2 ? "vision" : "text" }],
        metrics: ["loss", "train/a", "train/b"].map((key) => ({ key, value: (run * 7) % 100, timestamp: 1, step: 0 })),
      });
    }
    browser = await startBrowser();
    runsPage = await openRunsPage({ browser, client: tableClient(table) });
    page = runsPage.page;
    await page.locator(".run .link").first().waitFor();
  }, 120_000);

  afterAll(async () => {
    await runsPage?.close();
    await browser?.close();
    await server?.close();
  });

  const first = () => page.locator(".pane .run[data-row='0'] .link").innerText();
  const count = () => page.locator(".count").innerText();
  const filter = () => page.getByRole("combobox", { name: "Filter" });
  const rowsInDocument = () => page.locator(".pane .run").count();

  it("holds all runs, with the rows in sight alone in the document", async () => {
    expect(await count()).toBe("600 runs");
    expect(await first()).toBe("run 599");
    expect(await rowsInDocument()).toBeLessThan(60);
    await page.evaluate(`document.querySelector(".grid").scrollTop = 1e6`);
    await page.locator(".link", { hasText: /^run 0$/u }).waitFor();
    expect(await rowsInDocument()).toBeLessThan(60);
    expect(await page.getByRole("grid").getAttribute("aria-rowcount")).toBe("602");
    await page.evaluate(`document.querySelector(".grid").scrollTop = 0`);
  });

  it("is sorted by a press on a title, up, down and not at all", async () => {
    const title = page.getByRole("columnheader", { name: "loss" });
    await title.click();
    await expect.poll(first).toBe("run 500");
    expect(await title.getAttribute("aria-sort")).toBe("ascending");
    await title.click();
    await expect.poll(() => title.getAttribute("aria-sort")).toBe("descending");
    await expect.poll(first).toBe("run 557");
    await title.click();
    await expect.poll(first).toBe("run 599");
  });

  it("completes fields, comparators and values by the keyboard", async () => {
    await filter().pressSequentially("tags.te");
    await page.getByRole("option", { name: /tags\.team/u }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.keyboard.type("= ");
    await page.getByRole("option", { name: "'vision'" }).waitFor();
    await page.keyboard.type("'vis");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    expect(await filter().inputValue()).toBe("tags.team = 'vision' ");
    await expect.poll(count).toBe("300 runs");
  });

  it("shows the place of what it cannot read, and keeps the rows", async () => {
    await filter().fill("tags.team = 'vision' AND metrics.loss > 'x'");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    expect(await page.locator(".mirror mark").innerText()).toBe("metrics.loss > 'x'");
    expect(await count()).toBe("300 runs");
    await page.getByRole("button", { name: "Go to character 26" }).click();
    expect(await page.evaluate("getSelection().toString()")).toBe("metrics.loss > 'x'");
    await page.getByRole("button", { name: "Clear filter" }).click();
    await expect.poll(count).toBe("600 runs");
  });

  it("says that nothing fits, and leads back", async () => {
    await filter().fill("params.lr > 5");
    await page.keyboard.press("Enter");
    await page.getByText("No run fits").waitFor();
    await page.locator("vscode-button", { hasText: "Show all runs" }).click();
    await page.locator(".run .link").first().waitFor();
    expect(await filter().inputValue()).toBe("");
  });

  it("is walked, selected and used by the keyboard", async () => {
    await page.getByRole("grid").focus();
    await page.keyboard.press("Control+Home");
    await page.keyboard.press("Space");
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Shift+ArrowDown");
    await page.getByText("3 selected").waitFor();
    await page.keyboard.press("Delete");
    await page.locator("vscode-button", { hasText: "Compare" }).click();
    const asked = runsPage.asked.splice(0);
    expect(asked.map(({ type }) => type)).toEqual(["delete", "compare"]);
    expect(asked.map((request) => ("ids" in request ? request.ids.length : 0))).toEqual([3, 3]);
    await page.getByRole("grid").focus();
    await page.keyboard.press("Escape");
    await expect.poll(() => page.getByText("3 selected").count()).toBe(0);
    await page.keyboard.press("Control+a");
    await page.getByText("600 selected").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+End");
    await page.locator(".link", { hasText: /^run 0$/u }).waitFor();
    await page.keyboard.press("Enter");
    expect(runsPage.asked.splice(0)).toMatchObject([{ type: "open" }]);
    const active = await page.getByRole("grid").getAttribute("aria-activedescendant");
    expect(await page.locator(`[id="${active}"]`).count()).toBe(1);
    await page.keyboard.press("Control+Home");
  });

  it("closes groups, moves, pins and hides columns by the keyboard", async () => {
    const titles = () => page.locator(".titles .title").allInnerTexts();
    await page.getByRole("grid").focus();
    await page.keyboard.press("Control+Home");
    for (const key of ["ArrowRight", "ArrowRight", "ArrowUp", "Alt+ArrowRight"]) await page.keyboard.press(key);
    await expect.poll(async () => (await titles()).slice(0, 3)).toEqual(["Name", "Experiment", "Status"]);
    await page.keyboard.press("Shift+F10");
    await page.getByRole("menuitem", { name: "Keep at the left" }).waitFor();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await expect.poll(titles).not.toContain("Status");
    const group = page.getByRole("columnheader", { name: /train\// });
    await group.click();
    await expect.poll(titles).not.toContain("a");
    expect(
      await page.getByRole("columnheader", { name: /2 columns of Metrics · train\// }).getAttribute("aria-expanded"),
    ).toBe("false");
  });

  it("narrows to the value of a cell", async () => {
    await page.locator(".run[data-row='2'] [data-column='params.lr']").click({ button: "right" });
    await page.getByRole("menuitem", { name: /^Only params\.lr = / }).click();
    await expect.poll(count).toBe("1 run");
    await page.getByRole("button", { name: "Clear filter" }).click();
    await expect.poll(count).toBe("600 runs");
  });

  it("saves views in the engine and chooses them", async () => {
    await filter().fill("tags.team = 'text'");
    await page.keyboard.press("Enter");
    await expect.poll(count).toBe("300 runs");
    await page.locator("vscode-button", { hasText: "Save view…" }).click();
    await page.getByLabel("Name of the view").fill("Texts");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.getByRole("combobox", { name: "View", exact: true }).inputValue()).toBe("Texts");
    await page.getByRole("combobox", { name: "View", exact: true }).selectOption("");
    await expect.poll(count).toBe("600 runs");
    await page.getByRole("combobox", { name: "View", exact: true }).selectOption("Texts");
    await expect.poll(count).toBe("300 runs");
    await page.locator("vscode-button", { hasText: "Delete view" }).click();
    await expect
      .poll(() => page.getByRole("combobox", { name: "View", exact: true }).locator("option").count())
      .toBe(1);
    await page.getByRole("button", { name: "Clear filter" }).click();
  });

  it("follows what is logged", async () => {
    await expect.poll(count).toBe("600 runs");
    const id = await api.newRun("0", { run_name: "the newest", start_time: 9999 });
    await runsPage.talk.changed([id]);
    await expect.poll(first).toBe("the newest");
    expect(await count()).toBe("601 runs");
  });

  it("passes an accessibility check", async () => {
    await page.evaluate(readFileSync(join(import.meta.dirname, "../../node_modules/axe-core/axe.min.js"), "utf8"));
    const check = `axe.run(document, { runOnly: ["wcag2a", "wcag2aa"], rules: { "color-contrast": { enabled: false } } })
      .then((result) => result.violations.map((one) => one.id + ": " + one.nodes.map((node) => node.target).join(", ")))`;
    expect(await page.evaluate<string[]>(check)).toEqual([]);
    await page.locator("vscode-button", { hasText: "Columns…" }).click();
    await page.getByRole("complementary", { name: "Columns" }).waitFor();
    expect(await page.evaluate<string[]>(check)).toEqual([]);
  });
});
