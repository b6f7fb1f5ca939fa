import { join } from "node:path";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { experimentName, runId, seedFileStore, valueAt } from "./import/seedFileStore.ts";
import { openEngineHome, type EngineHome } from "./product/engineHome.ts";

/**
 * `slipway import mlflow` of a file store, counted and checked: every run is looked up, and the histories of some are
 * compared point by point with what was written.
 *
 *   node tools/bench/import.ts [--runs 10000] [--metrics 10] [--steps 100]
 */
const { values: flags } = parseArgs({
  options: {
    runs: { type: "string", default: "10000" },
    metrics: { type: "string", default: "10" },
    steps: { type: "string", default: "100" },
  },
});
const size = { runs: Number(flags.runs), metrics: Number(flags.metrics), steps: Number(flags.steps) };

interface Result {
  runs: { added: number; unchanged: number };
  metric_points: number;
  artifacts: { files: number };
  left_out: unknown[];
}

async function timed(engine: EngineHome, store: string): Promise<{ seconds: number; result: Result }> {
  const begin = performance.now();
  const result = JSON.parse(await engine.slipway("import", "mlflow", store, "-o", "json")) as Result;
  return { seconds: (performance.now() - begin) / 1000, result };
}

/** Throws when something is not there, or not what it was. */
async function check(engine: EngineHome): Promise<number> {
  const { uri, token } = await engine.client.trackingAccess({ params: { workspace: "default" } });
  const ask = async <T>(path: string, body?: unknown): Promise<T> => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const init = body === undefined ? { headers } : { method: "POST", body: JSON.stringify(body), headers };
    return (await (await fetch(`${uri}/api/2.0/mlflow/${path}`, init)).json()) as T;
  };
  const { experiment } = await ask<{ experiment: { experiment_id: string } }>(
    `experiments/get-by-name?experiment_name=${encodeURIComponent(experimentName)}`,
  );
  const seen = new Set<string>();
  let token_: string | undefined;
  do {
    const body = { experiment_ids: [experiment.experiment_id], max_results: 1000, page_token: token_ };
    const page = await ask<{
      runs?: { info: { run_id: string }; data: { metrics: unknown[] } }[];
      next_page_token?: string;
    }>("runs/search", body);
    for (const run of page.runs ?? []) {
      if (run.data.metrics.length !== size.metrics) throw new Error(`Run ${run.info.run_id} lacks metrics.`);
      seen.add(run.info.run_id);
    }
    token_ = page.next_page_token;
  } while (token_);
  if (seen.size !== size.runs) throw new Error(`${seen.size} of ${size.runs} runs are there.`);
  let points = 0;
  for (let run = 0; run < size.runs; run += Math.max(1, Math.floor(size.runs / 50))) {
    for (let metric = 0; metric < size.metrics; metric++) {
      const query = `run_id=${runId(run)}&metric_key=metric_${metric}`;
      const { metrics } = await ask<{ metrics: { step: number; value: number }[] }>(`metrics/get-history?${query}`);
      const right = metrics.every(({ step, value }, index) => step === index && value === valueAt(run, metric, step));
      if (metrics.length !== size.steps || !right)
        throw new Error(`The history of run ${run}, metric ${metric} differs.`);
      points += metrics.length;
    }
  }
  return points;
}

const engine = await openEngineHome("import");
try {
  const store = join(engine.files, "mlruns");
  seedFileStore(store, size);
  const wanted = size.runs * size.metrics * size.steps;
  const first = await timed(engine, store);
  const { result } = first;
  const counted = [result.runs.added, result.metric_points, result.artifacts.files, result.left_out.length];
  if (counted.join() !== [size.runs, wanted, size.runs, 0].join()) throw new Error(`Counted ${counted.join(", ")}.`);
  console.log(
    `import of ${size.runs} runs x ${size.metrics} metrics x ${size.steps} steps: ${first.seconds.toFixed(1)} s ` +
      `(wanted at most 60 s for 10,000), ${Math.round(wanted / first.seconds).toLocaleString("en-US")} points/s`,
  );
  console.log(`checked: ${size.runs} runs, ${await check(engine)} points of histories one by one`);
  const again = await timed(engine, store);
  if (again.result.runs.unchanged !== size.runs || again.result.metric_points !== 0)
    throw new Error("It changed something.");
  console.log(`the same again, which changes nothing: ${again.seconds.toFixed(1)} s`);
  console.log(`load ${loadavg()[0]?.toFixed(1)}`);
} finally {
  engine.dispose();
}
