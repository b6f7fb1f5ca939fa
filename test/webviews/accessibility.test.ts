import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "#base/clock.ts";
import { Keeping } from "#engine/gc/keeping.ts";
import { RunTable } from "#engine/runTable/runTable.ts";
import { Api } from "../engine/tracking/support/api.ts";
import { startTrackingServer, type TrackingServer } from "../mlflow/support/trackingServer.ts";
import { findBrowser, startBrowser } from "../vscode/driver/browser.ts";
import { panelIsBuilt, type PanelOptions } from "./panelServer.ts";
import { openSight, sights } from "./panelSights.ts";
import { openRunsPage, tableClient } from "./runsPage.ts";
import { coloursOf, setTheme, themes } from "./themes.ts";

const panels = ["clone", "compare", "job", "runs"];
const root = join(import.meta.dirname, "../..");
const missing = !panels.every(panelIsBuilt)
  ? "needs `npm run build`"
  : findBrowser() === undefined
    ? "needs Chromium"
    : "";
const axe = readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8");

/** What axe finds wrong, one line each. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(`window.axe ?? (() => { ${axe} })()`);
  return page.evaluate<string[]>(
    `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }).then((result) =>
      result.violations.flatMap((one) => one.nodes.map((node) => one.id + ": " + node.target.join(" ") + " " + (node.any[0]?.message ?? ""))))`,
  );
}

/** Nothing keeps a reader out, whatever the theme. */
async function checkThemes(page: Page): Promise<void> {
  for (const theme of themes) {
    await setTheme(page, theme);
    expect(await violations(page), theme).toEqual([]);
  }
}

/** Parts of the page that are wider than their place, and so would be cut off or move the page sideways. */
async function tooWide(page: Page): Promise<string[]> {
  await page.setViewportSize({ width: 800, height: 900 });
  return page.evaluate<string[]>(
    `[document.documentElement, document.body, ...document.querySelectorAll("main, main > *, main > header > *")]
      .filter((part) => part.scrollWidth > part.clientWidth && getComputedStyle(part).display !== "inline")
      .map((part) => part.localName + "." + part.className + " " + part.scrollWidth + " > " + part.clientWidth)`,
  );
}

it("the themes here know each colour that a page names", () => {
  const named = new Set(
    globSync("webviews/**/*.css", { cwd: root }).flatMap(
      (file) => readFileSync(join(root, file), "utf8").match(/--vscode-[\w-]+/g) ?? [],
    ),
  );
  for (const theme of themes) expect(Object.keys(coloursOf(theme))).toEqual(expect.arrayContaining([...named]));
  expect(named.size).toBeGreaterThan(30);
});

it("each page is looked at", () => {
  const pages = globSync("webviews/*/main.tsx", { cwd: root }).map((path) => path.split("/")[1]);
  expect([...new Set([...sights.map(({ panel }) => panel), "runs"])].sort()).toEqual(pages.sort());
});

describe.skipIf(missing)(`pages for everyone${missing ? `: ${missing}` : ""}`, { timeout: 120_000 }, () => {
  let browser: Browser;
  let server: TrackingServer;
  let table: RunTable;

  beforeAll(async () => {
    browser = await startBrowser();
    server = await startTrackingServer();
    const api = new Api(server);
    table = new RunTable({
      ...{ store: server.store, clock: systemClock },
      keeping: new Keeping({ store: server.store, clock: systemClock, logs: "/nowhere", announce: () => undefined }),
    });
    for (const run of [1, 2, 3]) {
      const id = await api.newRun("0", { run_name: `a run with a name of some length ${run}`, start_time: run });
      await api.ok("runs/log-batch", {
        run_id: id,
        params: [{ key: "lr", value: String(run) }],
        metrics: ["loss", "train/a", "train/b"].map((key) => ({ key, value: run, timestamp: 1, step: 0 })),
      });
    }
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const openRuns = async (panel?: PanelOptions): Promise<Page> => {
    const opened = await openRunsPage({ browser, client: tableClient(table), ...(panel && { panel }) });
    onTestFinished(() => opened.close());
    await opened.page.locator(".run .link").first().waitFor();
    return opened.page;
  };

  /** All that stands around the table: what is selected, a fault of the filter, the columns. */
  const fillRuns = async (page: Page): Promise<void> => {
    await page.getByRole("grid").focus();
    await page.keyboard.press("Control+a");
    await page.locator(".selection").waitFor();
    await page.locator(".filter input").fill("metrics.loss > 'x'");
    await page.keyboard.press("Enter");
    await page.locator(".fault[role=alert]").waitFor();
    await page.locator(".top vscode-button").nth(1).click();
    await page.locator("aside.panel").waitFor();
  };

  it.each(sights)("$name passes in three themes", async (sight) => {
    const { page, close } = await openSight({ browser, sight });
    onTestFinished(close);
    await checkThemes(page);
  });

  it("the table of runs passes in three themes, with all around it", async () => {
    const page = await openRuns();
    await fillRuns(page);
    await checkThemes(page);
  });

  it("the menu of a run passes in three themes", async () => {
    const page = await openRuns();
    await page.getByRole("grid").focus();
    await page.keyboard.press("Control+Home");
    await page.keyboard.press("Shift+F10");
    await page.getByRole("menu").waitFor();
    await checkThemes(page);
  });

  it("the table without a row passes in three themes", async () => {
    const page = await openRuns();
    await page.locator(".filter input").fill("params.lr > 5");
    await page.keyboard.press("Enter");
    await page.locator(".empty").waitFor();
    await checkThemes(page);
  });

  it.each(sights)("$name fits into 800 pixels in German and passes", async (sight) => {
    const { page, close } = await openSight({ browser, sight, panel: { language: "de" } });
    onTestFinished(close);
    await setTheme(page, "dark");
    expect(await tooWide(page)).toEqual([]);
    expect(await violations(page)).toEqual([]);
  });

  it("the table of runs fits into 800 pixels in German and passes", async () => {
    const page = await openRuns({ language: "de" });
    await setTheme(page, "dark");
    await fillRuns(page);
    expect(await page.locator("h1").innerText()).toBe("Ausführungen");
    expect(await page.locator(".count").innerText()).toBe("3 Ausführungen");
    expect(await page.locator("aside h2").innerText()).toBe("Spalten");
    expect(await page.locator(".selection strong").innerText()).toBe("3 ausgewählt");
    expect(await tooWide(page)).toEqual([]);
    expect(await violations(page)).toEqual([]);
  });
});
