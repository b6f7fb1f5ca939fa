import { parseArgs } from "node:util";
import { bareSeconds } from "./tracking/bareSqlite.ts";
import { memoryMb } from "./tracking/processes.ts";
import { measureHistory, measureLogging, measureSearch, type Measured, type Row } from "./tracking/rows.ts";
import { newExperiment, seedByApi, seedMlflow } from "./tracking/seed.ts";
import { mlflowFolder, startMlflow, startOurs } from "./tracking/servers.ts";
import type { Target } from "./tracking/target.ts";

/**
 * Tracking against a real `mlflow server` with SQLite, one after the other on this machine: the same raw client, the same
 * bodies. Prints each figure and the ratio to the better of MLflow's two ways to run.
 *
 *   node tools/bench/tracking.ts [--runs 2000] [--seconds 3] [--points 100000] [--ours]
 */
const { values: flags } = parseArgs({
  options: {
    runs: { type: "string", default: "2000" },
    seconds: { type: "string", default: "3" },
    points: { type: "string", default: "100000" },
    ours: { type: "boolean", default: false },
  },
});
const runs = Number(flags.runs);
const seconds = Number(flags.seconds);
const points = Number(flags.points);

const targets: Readonly<Record<string, number>> = {
  "log-metric, 1 client": 20,
  "log-batch of 1000, 1 client": 30,
  "search: ordered by a metric only": 50,
};

async function measure(target: Target, most: number, seed: (experiment: string) => Promise<Row>): Promise<Measured> {
  const idle: Row = { name: "memory when idle (PSS)", unit: "MB", value: memoryMb(target.pid), higher: false };
  const logging = await measureLogging(target, seconds, most);
  const history = await measureHistory(target, points);
  const experiment = await newExperiment(target, `search ${Date.now()}`);
  const made = await seed(experiment);
  const search = await measureSearch(target, experiment, runs);
  const after: Row = { name: "memory at the end (PSS)", unit: "MB", value: memoryMb(target.pid), higher: false };
  return { rows: [idle, ...logging.rows, ...history, made, ...search, after], cpu: logging.cpu };
}

function madeRow(rate: number): Row {
  return { name: "runs made (create, batch, update), 4 clients", unit: "runs/s", value: rate, higher: true };
}

async function measureOurs(): Promise<Measured> {
  const target = await startOurs();
  try {
    return await measure(target, 40_000, async (experiment) => madeRow(await seedByApi(target, experiment, 0, runs)));
  } finally {
    await target.stop();
  }
}

async function measureMlflow(): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const kind of ["one worker", "default"] as const) {
    const place = mlflowFolder();
    try {
      const target = await startMlflow(place.folder, kind);
      try {
        const seed = async (experiment: string) => {
          const few = Math.min(runs, 60);
          const rate = await seedByApi(target, experiment, 0, few);
          seedMlflow(place.database, experiment, few, runs);
          return madeRow(rate);
        };
        measured.push(await measure(target, 4000, seed));
      } finally {
        await target.stop();
      }
    } finally {
      place.remove();
    }
  }
  return measured;
}

function show(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(3);
}

function print(ours: Measured, theirs: Measured[]): void {
  console.log("");
  for (const [index, row] of ours.rows.entries()) {
    const others = theirs.map((measured) => (measured.rows[index] as Row).value);
    const best = others.length === 0 ? NaN : row.higher ? Math.max(...others) : Math.min(...others);
    const ratio = row.higher ? row.value / best : best / row.value;
    const wanted = targets[row.name] ?? (row.name.startsWith("search") ? 3 : undefined);
    const cells = [row.name.padEnd(46), `${show(row.value)} ${row.unit}`.padStart(18)];
    cells.push(...others.map((value) => show(value).padStart(10)));
    if (others.length > 0) cells.push(`${show(ratio)}x`.padStart(9), wanted ? `(wanted ${wanted}x)` : "");
    console.log(cells.join(" "), row.detail ?? "");
  }
  for (const kind of ["single", "batch"] as const) {
    const { calls, seconds: used } = ours.cpu[kind];
    const bare = bareSeconds(kind, calls);
    console.log(
      `engine CPU, ${kind}: ${((used / calls) * 1e6).toFixed(0)} us a call, bare better-sqlite3 ` +
        `${((bare / calls) * 1e6).toFixed(0)} us: ${(used / bare).toFixed(2)}x (wanted at most 3x)`,
    );
  }
}

const ours = await measureOurs();
const theirs = flags.ours ? [] : await measureMlflow();
print(ours, theirs);
