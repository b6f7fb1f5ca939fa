import { batches, singleMetrics } from "./bodies.ts";
import { memoryMb } from "./processes.ts";
import { newExperiment, newRun } from "./seed.ts";
import { call, drive, driveBest, request, type Target } from "./target.ts";

/** A row of the table: what was measured and how good it is; more is better when `higher`. */
export interface Row {
  name: string;
  unit: string;
  value: number;
  higher: boolean;
  detail?: string;
}

export interface Measured {
  rows: Row[];
  /** CPU seconds of the server and how many calls they answered, for the comparison with bare SQLite. */
  cpu: { single: { calls: number; seconds: number }; batch: { calls: number; seconds: number } };
}

const post = (target: Target, path: string) => (body: unknown) => request(target, "POST", path, body);

export async function measureLogging(target: Target, seconds: number, most: number): Promise<Measured> {
  const experiment = await newExperiment(target, `logging ${Date.now()}`);
  const run = () => newRun(target, experiment);
  const eight = () => Promise.all(Array.from({ length: 8 }, run));
  const rows: Row[] = [];
  const warm = singleMetrics(await run(), "warm", 50).map(post(target, "/runs/log-metric"));
  await drive(target, [warm], seconds);

  const single = await driveBest(
    target,
    async () => [singleMetrics(await run(), "loss", most).map(post(target, "/runs/log-metric"))],
    seconds,
  );
  const many = await driveBest(
    target,
    async () => (await eight()).map((id) => singleMetrics(id, "loss", most / 8).map(post(target, "/runs/log-metric"))),
    seconds,
  );
  const batch = await driveBest(
    target,
    async () => [batches(await run(), "k", Math.min(300, most / 20), 1000).map(post(target, "/runs/log-batch"))],
    seconds,
  );
  const small = await driveBest(
    target,
    async () =>
      (await eight()).map((id) => batches(id, "b", Math.min(200, most / 50), 100).map(post(target, "/runs/log-batch"))),
    seconds,
  );
  const rate = (name: string, unit: string, timing: { rate: number; p50: number; p99: number }, each: number): Row => ({
    name,
    unit,
    value: timing.rate * each,
    higher: true,
    detail: `p50 ${timing.p50.toFixed(2)} p99 ${timing.p99.toFixed(2)} ms`,
  });
  rows.push(
    rate("log-metric, 1 client", "calls/s", single, 1),
    rate("log-metric, 8 clients", "calls/s", many, 1),
    rate("log-batch of 1000, 1 client", "metrics/s", batch, 1000),
    rate("log-batch of 100, 8 clients", "metrics/s", small, 100),
    { name: "memory after logging (PSS)", unit: "MB", value: memoryMb(target.pid), higher: false },
  );
  const cpu = (timing: { calls: number; cpuSeconds: number }) => ({ calls: timing.calls, seconds: timing.cpuSeconds });
  return { rows, cpu: { single: cpu(single), batch: cpu(batch) } };
}

async function milliseconds(work: () => Promise<unknown>, times = 3): Promise<number> {
  const taken: number[] = [];
  for (let round = 0; round < times; round++) {
    const begin = performance.now();
    await work();
    taken.push(performance.now() - begin);
  }
  return taken.sort((a, b) => a - b)[taken.length >> 1] as number;
}

export async function measureHistory(target: Target, points: number): Promise<Row[]> {
  const experiment = await newExperiment(target, `history ${Date.now()}`);
  const id = await newRun(target, experiment);
  for (const body of historyBatches(id, points)) await call(target, "POST", "/runs/log-batch", body);
  const whole = async () => {
    let token = "";
    do {
      const query = `run_id=${id}&metric_key=h&max_results=25000${token ? `&page_token=${encodeURIComponent(token)}` : ""}`;
      const page = await call<{ next_page_token?: string }>(target, "GET", `/metrics/get-history?${query}`);
      token = page.next_page_token ?? "";
    } while (token);
  };
  const query = `run_ids=${id}&metric_key=h&max_results=320`;
  const sampled = () => call(target, "GET", `/metrics/get-history-bulk-interval?${query}`);
  return [
    { name: `history of ${points} points`, unit: "ms", value: await milliseconds(whole), higher: false },
    { name: `320 points of ${points}`, unit: "ms", value: await milliseconds(sampled), higher: false },
  ];
}

function historyBatches(runId: string, points: number): unknown[] {
  return Array.from({ length: Math.ceil(points / 1000) }, (_, batch) => ({
    run_id: runId,
    metrics: Array.from({ length: 1000 }, (_item, index) => {
      const step = batch * 1000 + index;
      return { key: "h", value: Math.sin(step / 1000), timestamp: 1_760_000_000_000 + step, step };
    }),
  }));
}

interface Page {
  runs?: { info: { run_id: string } }[];
  next_page_token?: string;
}

export async function measureSearch(target: Target, experimentId: string, runs: number): Promise<Row[]> {
  const search = (body: Record<string, unknown>) => () =>
    call<Page>(target, "POST", "/runs/search", { experiment_ids: [experimentId], max_results: 100, ...body });
  const all = async () => {
    let token: string | undefined;
    let seen = 0;
    do {
      const page = await search({ max_results: 1000, ...(token ? { page_token: token } : {}) })();
      seen += page.runs?.length ?? 0;
      token = page.next_page_token;
    } while (token);
    if (seen !== runs) throw new Error(`${target.name} paged through ${seen} of ${runs} runs.`);
  };
  // MLflow has neither OR nor IN: a client asks once for each alternative and puts the answers together.
  const any = (...filters: string[]) => {
    if (target.name === "slipway") return search({ filter: filters.map((filter) => `(${filter})`).join(" OR ") });
    return () => Promise.all(filters.map((filter) => search({ filter })()));
  };
  const oneOf = (left: string, values: readonly string[]) => {
    if (target.name !== "slipway") return any(...values.map((value) => `${left} = '${value}'`));
    return search({ filter: `${left} IN (${values.map((value) => `'${value}'`).join(", ")})` });
  };
  const { runs: found = [] } = await search({ max_results: 1 })();
  const id = found[0]?.info.run_id ?? "";
  const timed: [string, () => Promise<unknown>, number?][] = [
    ["search: first 100", search({})],
    [
      "search: metric and param filter, by metric",
      search({ filter: "metrics.accuracy > 0.5 and params.optimizer = 'adam'", order_by: ["metrics.accuracy DESC"] }),
    ],
    ["search: tag and status filter", search({ filter: "tags.team = 'team-3' and attributes.status = 'FINISHED'" })],
    ["search: name LIKE", search({ filter: "attributes.run_name LIKE 'run-42-%'" })],
    ["search: metric OR tag", any("metrics.accuracy > 0.99", "tags.team = 'team-3'")],
    [
      "search: param and metric OR status",
      any("params.optimizer = 'adam' and metrics.loss < 0.1", "status = 'FAILED'"),
    ],
    ["search: tag IN three", oneOf("tags.team", ["team-1", "team-3", "team-5"])],
    ["search: ordered by a metric only", search({ order_by: ["metrics.loss ASC"] })],
    ["search: 1000 runs", search({ max_results: 1000 })],
    [`search: all ${runs} in pages of 1000`, all, 1],
    ["runs/get", () => call(target, "GET", `/runs/get?run_id=${id}`), 9],
  ];
  const rows: Row[] = [];
  for (const [name, work, times] of timed) {
    await (times === 1 ? undefined : work());
    rows.push({ name, unit: "ms", value: await milliseconds(work, times ?? 3), higher: false });
  }
  return rows;
}
