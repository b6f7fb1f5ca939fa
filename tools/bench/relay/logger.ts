/**
 * The program that logs, the same for every server: singles, then batches of 1,000, on one connection that stays open, from
 * bodies made before the clock starts. MLFLOW_TRACKING_URI, MLFLOW_TRACKING_TOKEN and MLFLOW_RUN_ID say where. Prints one
 * line of JSON.
 *
 *   node logger.ts SECONDS
 */
import { batches, singleMetrics } from "../tracking/bodies.ts";
import { drive, request, type Target, type Timing } from "../tracking/target.ts";

/** What one run of the program has seen: calls a second, and how many there were. */
export interface Logged {
  single: Timing & { calls: number };
  batch: Timing & { calls: number };
}

const BATCH = 1000;
const [seconds] = process.argv.slice(2).map(Number) as [number];
const runId = process.env["MLFLOW_RUN_ID"] as string;
const target: Target = {
  name: "tracking server",
  url: new URL(process.env["MLFLOW_TRACKING_URI"] as string),
  token: process.env["MLFLOW_TRACKING_TOKEN"] ?? null,
  pid: 0,
  stop: () => Promise.resolve(),
};
const singles = (key: string, count: number) =>
  singleMetrics(runId, key, count).map((body) => request(target, "POST", "/runs/log-metric", body));

await drive(target, [singles("warm", 50)], seconds);
const prepared = singles("loss", 20_000 * seconds);
const single = await drive(target, [prepared], seconds);
const bodies = batches(runId, "batch", 100 * seconds, BATCH);
const batch = await drive(target, [bodies.map((body) => request(target, "POST", "/runs/log-batch", body))], seconds);
const logged: Logged = { single, batch };
process.stdout.write(`${JSON.stringify(logged)}\n`);
