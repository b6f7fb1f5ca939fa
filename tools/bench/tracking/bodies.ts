/** What both servers are sent: the same bodies, made before the clock starts. */

export interface MetricBody {
  key: string;
  value: number;
  timestamp: number;
  step: number;
}

const epoch = 1_760_000_000_000;

function point(key: string, step: number): MetricBody {
  return { key, value: 1 / (step + 1), timestamp: epoch + step, step };
}

export function singleMetrics(runId: string, key: string, count: number): unknown[] {
  return Array.from({ length: count }, (_, step) => ({ run_id: runId, ...point(key, step) }));
}

/** Batches as a training loop sends them: ten keys, going on from step to step. */
export function batches(runId: string, prefix: string, count: number, size: number): unknown[] {
  return Array.from({ length: count }, (_, batch) => ({
    run_id: runId,
    metrics: Array.from({ length: size }, (_, index) => {
      const serial = batch * size + index;
      return point(`${prefix}-${serial % 10}`, Math.floor(serial / 10));
    }),
    params: [],
    tags: [],
  }));
}

/** The n-th of the runs that are searched. */
export interface SeedRun {
  id: string;
  name: string;
  start: number;
  status: "FINISHED" | "FAILED";
  metrics: MetricBody[];
  params: { key: string; value: string }[];
  tags: { key: string; value: string }[];
}

export function seedRun(index: number): SeedRun {
  const noise = ((index * 7919) % 10_007) / 10_007;
  const name = `run-${index % 97}-${index}`;
  return {
    id: `5${index.toString(16).padStart(31, "0")}`,
    name,
    start: epoch + index * 1000,
    status: index % 10 === 0 ? "FAILED" : "FINISHED",
    metrics: ["accuracy", "loss", "f1", "auc", "epoch_time"].map((key, offset) => ({
      key,
      value: (noise + offset / 10) % 1,
      timestamp: epoch + index * 1000,
      step: 0,
    })),
    params: [
      { key: "lr", value: String([0.1, 0.01, 0.001][index % 3]) },
      { key: "depth", value: String(index % 8) },
      { key: "optimizer", value: index % 2 === 0 ? "adam" : "sgd" },
      { key: "batch_size", value: "32" },
      { key: "seed", value: String(index) },
    ],
    tags: [
      { key: "mlflow.runName", value: name },
      { key: "mlflow.user", value: "bench" },
      { key: "team", value: `team-${index % 5}` },
    ],
  };
}
