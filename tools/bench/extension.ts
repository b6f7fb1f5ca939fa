import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Workbench } from "../../test/vscode/workbench.ts";
import { ownCodeBytes } from "../package.ts";
import { multiplyJobs } from "./extension/seedJobs.ts";
import { openEngineHome } from "./product/engineHome.ts";
import { aim, line, load, median } from "./product/figures.ts";

/**
 * The extension in a real VS Code, with an engine that has many jobs: how long its activation takes (by VS Code's own
 * measure), and the time from the click on its icon to the first row of Jobs. Both as a window sees them that was just
 * opened. Also the size of what is in the package without native parts.
 *
 *   node tools/bench/extension.ts [--jobs 1000] [--rounds 5]
 */
const { values: flags } = parseArgs({
  options: { jobs: { type: "string", default: "1000" }, rounds: { type: "string", default: "5" } },
});

/** In the page: clicks the icon and answers with the milliseconds until a row of Jobs is there, and a frame with it is drawn. */
const clickToRow = `new Promise((resolve, reject) => {
  const icon = document.querySelector('.activitybar .action-item a[aria-label^="Slipway"]');
  const begin = performance.now();
  const look = () => {
    const taken = performance.now() - begin;
    const panes = [...document.querySelectorAll(".sidebar .pane")];
    const jobs = panes.find((pane) => pane.querySelector('.pane-header[aria-label^="Jobs"], .pane-header[aria-label$=": Jobs"]'));
    const rows = [...(jobs?.querySelectorAll(".monaco-list-row .label-name") ?? [])];
    if (rows.some((row) => row.textContent.includes("bench job"))) return requestAnimationFrame(() => resolve(performance.now() - begin));
    if (taken > 60000) return reject(new Error("No row of Jobs was shown: " + rows.map((row) => row.textContent).join(", ")));
    requestAnimationFrame(look);
  };
  for (const type of ["mousedown", "mouseup", "click"]) icon.dispatchEvent(new MouseEvent(type, { bubbles: true, button: 0 }));
  look();
})`;

/** VS Code starts its extension host after it has drawn itself; until then no extension can answer. */
async function extensionHostIsUp(workbench: Workbench): Promise<void> {
  await workbench.runCommand("Developer: Show Running Extensions");
  const rows = workbench.page.locator(".editor-group-container.active .monaco-list-row");
  await rows
    .filter({ hasText: /Activation:/ })
    .first()
    .waitFor({ timeout: 60_000 });
  await workbench.page.keyboard.press("Control+W");
}

/** Milliseconds that VS Code says the activation took. */
async function activationMs(workbench: Workbench): Promise<number> {
  await workbench.runCommand("Developer: Show Running Extensions");
  const row = workbench.page.locator(".editor-group-container.active .monaco-list-row").filter({ hasText: "Slipway" });
  const words = await row.first().innerText();
  const found = /Activation:\s*(\d+)ms/.exec(words);
  if (!found) throw new Error(`VS Code does not say how long the activation took: ${words}`);
  await workbench.page.keyboard.press("Control+W");
  return Number(found[1]);
}

/** The list of running extensions opens as an editor, not as a dialog over all else. */
const settings = { "workbench.editor.useModal": "off" };

const place = await openEngineHome("extension");
const activation: number[] = [];
const firstRow: number[] = [];
/** The same click when the rows are known: what VS Code alone takes to show them. */
const shownAgain: number[] = [];
try {
  const folder = join(place.files, "project");
  mkdirSync(folder);
  const file = join(folder, "job.yml");
  writeFileSync(file, "display_name: bench job\ncommand: 'true'\nenvironment:\n  image: library/python:latest\n");
  await place.slipway("job", "create", "-f", file, "--stream", "-o", "none");
  await place.slipway("engine", "stop");
  multiplyJobs(place.home, Number(flags.jobs) - 1);
  await place.slipway("engine", "start");
  const workbench = await Workbench.open({ folder, home: place.home, settings });
  try {
    for (let round = 0; round < Number(flags.rounds); round++) {
      await workbench.openContainer("Explorer");
      await workbench.reload();
      await extensionHostIsUp(workbench);
      await workbench.settled();
      firstRow.push(await workbench.page.evaluate<number>(clickToRow));
      await workbench.openContainer("Explorer");
      shownAgain.push(await workbench.page.evaluate<number>(clickToRow));
      activation.push(await activationMs(workbench));
    }
  } finally {
    await workbench.close();
  }
} finally {
  place.dispose();
}
const [activated, shown, limit] = [median(activation), median(firstRow), median(shownAgain)];
line("activation", `${activated.toFixed(0)} ms`, `${aim(activated, 80, "ms")} worst ${Math.max(...activation)}`);
line(
  `click to the first of ${flags.jobs} jobs, activation included`,
  `${shown.toFixed(0)} ms`,
  `${aim(shown, 300, "ms")} worst ${Math.max(...firstRow).toFixed(0)}`,
);
line(
  "the same click when VS Code has the rows (the limit)",
  `${limit.toFixed(0)} ms`,
  `${(shown / limit).toFixed(1)}x`,
);
const megabytes = ownCodeBytes() / 1e6;
line("own code in the package, unpacked", `${megabytes.toFixed(2)} MB`, aim(megabytes, 5, "MB"));
process.stdout.write(`${flags.rounds} windows, medians, ${load()}\n`);
