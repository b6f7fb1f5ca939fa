import { parseArgs } from "node:util";
import { startBrowser } from "../../test/vscode/driver/browser.ts";
import { mlflowCalls } from "../../test/vscode/mlflowCalls.ts";
import { servePanel } from "../../test/webviews/panelServer.ts";
import { openEngineHome } from "./product/engineHome.ts";
import { aim, line, load, median } from "./product/figures.ts";

/**
 * A comparison of many runs: what the engine takes to answer, and what the page takes from its answer to its first frame
 * with the table, and with the curves of the metrics in sight.
 *
 *   node tools/bench/compare.ts [--runs 500] [--steps 100] [--rounds 5]
 */
const { values: flags } = parseArgs({
  options: {
    runs: { type: "string", default: "500" },
    steps: { type: "string", default: "100" },
    rounds: { type: "string", default: "5" },
  },
});
const metrics = ["loss", "accuracy", "val/loss", "val/accuracy", "lr", "grad_norm"];
const params = { workspace: "default" };

/** In the page: gives it the events and answers with the milliseconds until a frame with table and a drawn chart is there. */
const show = `(events) => new Promise((resolve) => {
  const begin = performance.now();
  for (const event of events) window.postMessage(event, "*");
  const look = () => {
    const whole = document.querySelectorAll(".runs tbody tr").length > 0 && document.querySelector(".grid td") && document.querySelector(".chart canvas");
    if (whole) return requestAnimationFrame(() => resolve(performance.now() - begin));
    requestAnimationFrame(look);
  };
  look();
})`;

const place = await openEngineHome("compare");
const [answered, curved, shown]: [number[], number[], number[]] = [[], [], []];
try {
  const { call, logMetric } = await mlflowCalls(place.client);
  const names: string[] = [];
  for (let run = 0; run < Number(flags.runs); run++) {
    const made = (await call("runs/create", { experiment_id: "0", run_name: `run ${run}`, start_time: 1 })) as {
      run: { info: { run_id: string } };
    };
    const id = made.run.info.run_id;
    names.push(id);
    const own = Array.from({ length: 20 }, (_, key) => ({ key: `p${key}`, value: String(key < 5 ? run : key) }));
    await call("runs/log-batch", { run_id: id, params: own });
    for (const [place, key] of metrics.entries()) {
      const steps = Array.from({ length: Number(flags.steps) }, (_, step) => Math.exp(-step / (20 + run)) + place);
      await logMetric(id, key, steps);
    }
  }
  const server = await servePanel("compare");
  const browser = await startBrowser();
  try {
    for (let round = 0; round < Number(flags.rounds); round++) {
      let begin = performance.now();
      const comparison = await place.client.compareRuns({ params, body: { names } });
      answered.push(performance.now() - begin);
      begin = performance.now();
      const points = Math.max(40, Math.floor(60_000 / names.length));
      const series = await place.client.compareSeries({ params, body: { names, keys: metrics.slice(0, 4), points } });
      curved.push(performance.now() - begin);
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await page.goto(server.url);
      const events = [
        { type: "snapshot", seq: 1, comparison, explained: "", difference: null, fault: "" },
        { type: "series", seq: 2, series },
      ];
      shown.push(await page.evaluate<number>(`(${show})(${JSON.stringify(events)})`));
      await page.close();
    }
  } finally {
    await browser.close();
    await server.close();
  }
} finally {
  place.dispose();
}
const [facts, curves, frame] = [median(answered), median(curved), median(shown)];
line(`facts of ${flags.runs} runs from the engine`, `${facts.toFixed(0)} ms`);
line(`four metrics of them, ${flags.steps} steps each`, `${curves.toFixed(0)} ms`);
line("page with table and first curves", `${frame.toFixed(0)} ms`);
line("all together", `${(facts + curves + frame).toFixed(0)} ms`, aim(facts + curves + frame, 1000, "ms"));
process.stdout.write(`${flags.rounds} rounds, medians, ${load()}\n`);
