import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { openEngineHome, type EngineHome } from "./product/engineHome.ts";
import { line, load } from "./product/figures.ts";
import type { Logged } from "./relay/logger.ts";
import { newExperiment, newRun } from "./tracking/seed.ts";
import { mlflowFolder, startMlflow } from "./tracking/servers.ts";
import type { Timing } from "./tracking/target.ts";

/**
 * Metrics that a job logs through its relay while the engine is there, against the same program on a real `mlflow server`
 * with SQLite. Checks that the engine has every call in the end.
 *
 *   node tools/bench/relay.ts [--seconds 3] [--rounds 3]
 */
const { values: flags } = parseArgs({
  options: { seconds: { type: "string", default: "3" }, rounds: { type: "string", default: "3" } },
});
const seconds = flags.seconds;
const workspace = "default";
const logger = join(import.meta.dirname, "relay/logger.ts");

/** Runs the program as a job. Throws when the engine lacks one of its calls in the end. */
async function throughRelay(place: EngineHome): Promise<Logged> {
  const { client } = place;
  const file = join(place.files, "job.yml");
  const command = `${process.execPath} ${logger} ${seconds}`;
  writeFileSync(file, `command: ${command}\nenvironment:\n  image: library/python:latest\n`);
  const { name } = await client.submit(workspace, { source: { file } });
  const parts: Buffer[] = [];
  for await (const chunk of client.followLog({ workspace, name, path: "user_logs/std_log.txt" })) parts.push(chunk);
  const words = Buffer.concat(parts).toString("utf8");
  const job = await client.showJob({ params: { workspace, name } });
  if (job.status !== "Completed") throw new Error(`${name} is ${job.status}\n${words}`);
  const logged = JSON.parse(words.trim().split("\n").at(-1) ?? "") as Logged;
  const { metrics } = await client.runData({ params: { workspace, name } });
  if (metrics["loss"]?.step !== logged.single.calls - 1) throw new Error("The engine lacks calls of log-metric.");
  if (metrics["batch-9"]?.step !== logged.batch.calls * 100 - 1)
    throw new Error("The engine lacks calls of log-batch.");
  return logged;
}

async function onMlflow(): Promise<Logged[]> {
  const place = mlflowFolder();
  try {
    const target = await startMlflow(place.folder, "one worker");
    try {
      const experiment = await newExperiment(target, "relay");
      const all: Logged[] = [];
      for (let round = 0; round < Number(flags.rounds); round++) {
        const env = {
          ...process.env,
          MLFLOW_TRACKING_URI: target.url.href,
          MLFLOW_RUN_ID: await newRun(target, experiment),
        };
        const child = spawn(process.execPath, [logger, seconds], { env, stdio: ["ignore", "pipe", "inherit"] });
        all.push(JSON.parse(await text(child.stdout)) as Logged);
      }
      return all;
    } finally {
      await target.stop();
    }
  } finally {
    place.remove();
  }
}

const words = ({ p50, p99 }: Timing): string => `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`;
const best = (all: readonly Logged[], kind: "single" | "batch"): Timing =>
  all.map((each) => each[kind]).reduce((one, other) => (other.rate > one.rate ? other : one));

const place = await openEngineHome("relay");
const ours: Logged[] = [];
try {
  for (let round = 0; round < Number(flags.rounds); round++) ours.push(await throughRelay(place));
} finally {
  place.dispose();
}
const theirs = await onMlflow();
for (const [kind, name, each] of [
  ["single", "log-metric, calls/s", 1],
  ["batch", "log-batch of 1000, metrics/s", 1000],
] as const) {
  const [relay, mlflow] = [best(ours, kind), best(theirs, kind)];
  const ratio = relay.rate / mlflow.rate;
  line(`${name}: through a job's relay`, (relay.rate * each).toFixed(0), words(relay));
  line(`${name}: mlflow server, one worker`, (mlflow.rate * each).toFixed(0), words(mlflow));
  line("", `${ratio.toFixed(1)}x`, `(aim: at least 5x: ${ratio >= 5 ? "met" : "MISSED"})`);
}
process.stdout.write(
  `the best of ${flags.rounds} rounds of ${seconds} s each; every call is in the engine; ${load()}\n`,
);
