import { parseArgs } from "node:util";
import { startBrowser } from "../../test/vscode/driver/browser.ts";
import { mlflowCalls } from "../../test/vscode/mlflowCalls.ts";
import { openRunsPage } from "../../test/webviews/runsPage.ts";
import { openEngineHome } from "./product/engineHome.ts";
import { aim, line, load, median, quantile } from "./product/figures.ts";

/**
 * The runs table with many runs: what the engine takes to find and sort them, and how many frames a second the page draws
 * in a real browser while it is scrolled, downwards and sideways, and how much of what it drew had its cells.
 *
 *   node tools/bench/runsTable.ts [--runs 10000] [--seconds 4] [--rounds 5]
 */
const { values: flags } = parseArgs({
  options: {
    runs: { type: "string", default: "10000" },
    seconds: { type: "string", default: "4" },
    rounds: { type: "string", default: "5" },
  },
});
const params = { workspace: "default" };
const runs = Number(flags.runs);

/** A browser moves what it has drawn only where the background is known to be opaque, as every theme has it. */
const theme = "<style>:root { --vscode-editor-background: #1f1f1f; --vscode-foreground: #ccc; }</style>";

interface Scrolled {
  /** Milliseconds between frames. */
  frames: number[];
  /** Cells that were drawn, and those that waited for the engine. */
  cells: number;
  waiting: number;
}

/** In the page: scrolls a step with each frame. */
const scroll = `({ seconds, down, right }) => new Promise((resolve) => {
  const grid = document.querySelector(".grid");
  const frames = [];
  let cells = 0, waiting = 0, last = performance.now();
  const end = last + seconds * 1000;
  const frame = (now) => {
    frames.push(now - last);
    last = now;
    cells += grid.querySelectorAll(".run .cell").length;
    waiting += grid.querySelectorAll(".waiting").length;
    grid.scrollTop += down;
    grid.scrollLeft += right;
    if (now < end) requestAnimationFrame(frame);
    else resolve({ frames: frames.slice(1), cells, waiting });
  };
  requestAnimationFrame(frame);
})`;

const place = await openEngineHome("runs-table");
try {
  const { call } = await mlflowCalls(place.client);
  const make = async (run: number): Promise<void> => {
    const made = (await call("runs/create", { experiment_id: "0", run_name: `run ${run}`, start_time: run + 1 })) as {
      run: { info: { run_id: string } };
    };
    const key = (kind: string, count: number, value: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => ({ key: `${kind}${index}`, value: value(index) }));
    await call("runs/log-batch", {
      run_id: made.run.info.run_id,
      params: key("p", 20, (index) => String((run * (index + 7)) % 97)),
      tags: key("t", 3, (index) => `tag ${(run + index) % 11}`),
      metrics: ["loss", "accuracy", ...Array.from({ length: 10 }, (_, index) => `train/m${index}`)].map(
        (name, index) => ({
          ...{ key: name, timestamp: 1, step: 0 },
          value: ((run * (index + 3)) % 1009) / 1009,
        }),
      ),
    });
  };
  for (let from = 0; from < runs; from += 16) {
    await Promise.all(Array.from({ length: Math.min(16, runs - from) }, (_, index) => make(from + index)));
  }
  const searches = {
    "all, newest first": {},
    "all by a metric": { order: [{ column: "metrics.loss", ascending: true }] },
    "all by a param": { order: [{ column: "params.p3", ascending: false }] },
    "metric and param, by a metric": {
      filter: "metrics.accuracy > 0.5 AND params.p1 = '14'",
      order: [{ column: "metrics.loss", ascending: true }],
    },
    "tag OR param IN": { filter: "tags.t1 = 'tag 3' OR params.p2 IN ('1', '2')" },
    "name LIKE": { filter: "attributes.run_name LIKE '%99%'" },
  };
  for (const [name, body] of Object.entries(searches)) {
    const took: number[] = [];
    let found = 0;
    for (let round = 0; round < Number(flags.rounds); round++) {
      const begin = performance.now();
      found = (await place.client.searchRunTable({ params, body })).total;
      took.push(performance.now() - begin);
    }
    line(`search: ${name} (${found} found)`, `${median(took).toFixed(0)} ms`);
  }
  const browser = await startBrowser();
  try {
    const begin = performance.now();
    const { page, close } = await openRunsPage({ browser, client: place.client, panel: { head: theme } });
    await page.locator(".run .link").first().waitFor();
    line("page opened to its first rows", `${(performance.now() - begin).toFixed(0)} ms`);
    // On a busy machine frames come late whatever is drawn: the time that the page itself took tells more.
    const inspector = await page.context().newCDPSession(page);
    await inspector.send("Performance.enable", { timeDomain: "threadTicks" });
    const taskSeconds = async (): Promise<number> =>
      (await inspector.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration")?.value ??
      NaN;
    for (const [name, step] of Object.entries({
      "nothing (what the machine gives)": { down: 0, right: 0 },
      "down, 45 rows a second": { down: 20, right: 0 },
      "down, 225 rows a second": { down: 100, right: 0 },
      sideways: { down: 0, right: 8 },
    })) {
      await page.evaluate(`{ const grid = document.querySelector(".grid"); grid.scrollTop = grid.scrollLeft = 0; }`);
      const before = await taskSeconds();
      const { frames, cells, waiting } = await page.evaluate<Scrolled>(
        `(${scroll})(${JSON.stringify({ ...step, seconds: Number(flags.seconds) })})`,
      );
      const cpu = (1000 * ((await taskSeconds()) - before)) / frames.length;
      const rate = 1000 / (frames.reduce((sum, ms) => sum + ms, 0) / frames.length);
      line(`scroll ${name}`, `${rate.toFixed(1)} frames/s`, `(aim: 50: ${rate >= 50 ? "met" : "MISSED"})`);
      const worst = `95 % of frames within ${quantile(frames, 0.95).toFixed(0)} ms, worst ${Math.max(...frames).toFixed(0)} ms`;
      line("", `${cpu.toFixed(1)} ms`, `of the main thread's CPU a frame ${aim(cpu, 20, "ms")}`);
      line("", "", `${worst}; ${((100 * waiting) / cells).toFixed(1)} % of cells waited`);
    }
    await close();
  } finally {
    await browser.close();
  }
} finally {
  place.dispose();
}
process.stdout.write(`${runs} runs, ${flags.rounds} rounds, medians, ${load()}\n`);
