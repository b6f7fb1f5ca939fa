import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTrackingServer, type TrackingServer } from "../../mlflow/support/trackingServer.ts";
import { Api, type WireRun } from "./support/api.ts";
import { Random } from "../../random.ts";
import { searchPlainly, type PlainRun } from "./support/reference.ts";

const metricKeys = ["loss", "acc", "val/f1 score"];
const texts = ["a", "A", "abc", "a_c", "a%c", "ab[c]", "a*c", "", "ß", "it's"];

/** Values of params: numbers as people write them, and what only looks like one. */
const numbers = [
  "0.1",
  "0.10",
  "1e-3",
  "-2",
  "10",
  " 5 ",
  "+7",
  ".5",
  "9e400",
  "1e-3x",
  "0x10",
  "",
  "None",
  "nan",
  "inf",
  "1,5",
];

let server: TrackingServer;
let api: Api;
let experiment: string;
const runs: PlainRun[] = [];

interface Page {
  runs?: WireRun[];
  next_page_token?: string;
}

beforeAll(async () => {
  server = await startTrackingServer();
  api = new Api(server);
  experiment = await api.newExperiment("searched");
  const random = new Random(7);
  for (let index = 0; index < 60; index++) {
    const run: PlainRun = {
      id: "",
      name: random.pick(["first", "Second run", "third", `run ${index}`]),
      user: random.pick(["ann", "bob"]),
      status: random.pick(["RUNNING", "FINISHED", "FAILED"]),
      start: 1000 + random.below(6),
      end: random.chance(0.5) ? 2000 + random.below(6) : null,
      metrics: new Map(),
      params: new Map(),
      tags: new Map(),
      datasets: [],
    };
    for (const key of metricKeys) {
      if (random.chance(0.7)) run.metrics.set(key, random.pick([0, 0.5, -1, 1e-9, 3, NaN]));
    }
    if (random.chance(0.8)) run.params.set("p", random.pick(texts));
    if (random.chance(0.5)) run.params.set("batch size", random.pick(["32", "64"]));
    if (random.chance(0.8)) run.params.set("lr", random.pick(numbers));
    if (random.chance(0.8)) run.tags.set("t", random.pick(texts));
    if (random.chance(0.3)) {
      run.datasets.push({
        name: random.pick(["d1", "d2"]),
        digest: "x",
        context: random.pick(["train", "test", null]),
      });
    }
    await create(run);
    runs.push(run);
  }
});
afterAll(() => server.close());

async function create(run: PlainRun): Promise<void> {
  run.id = await api.newRun(experiment, { run_name: run.name, user_id: run.user, start_time: run.start });
  run.tags.set("mlflow.runName", run.name);
  const wire = (value: number) => (Number.isNaN(value) ? "NaN" : value);
  await api.ok("runs/log-batch", {
    run_id: run.id,
    metrics: [...run.metrics].map(([key, value]) => ({ key, value: wire(value), timestamp: 1, step: 0 })),
    params: [...run.params].map(([key, value]) => ({ key, value })),
    tags: [...run.tags].map(([key, value]) => ({ key, value })),
  });
  await api.ok("runs/update", {
    run_id: run.id,
    status: run.status,
    ...(run.end === null ? {} : { end_time: run.end }),
  });
  for (const { name, digest, context } of run.datasets) {
    const tags = context === null ? [] : [{ key: "mlflow.data.context", value: context }];
    const dataset = { name, digest, source_type: "local", source: "s" };
    await api.ok("runs/log-inputs", { run_id: run.id, datasets: [{ tags, dataset }] });
  }
}

/** All pages of a search. */
async function search(filter: string, orderBy: readonly string[], pageSize: number): Promise<string[]> {
  const found: string[] = [];
  let token: string | undefined;
  do {
    const page: Page = await api.ok<Page>("runs/search", {
      experiment_ids: [experiment],
      filter,
      order_by: orderBy,
      max_results: pageSize,
      ...(token ? { page_token: token } : {}),
    });
    found.push(...(page.runs ?? []).map((run) => run.info.run_id));
    token = page.next_page_token;
  } while (token);
  return found;
}

function quoted(text: string): string {
  return text.includes("'") ? `"${text}"` : `'${text}'`;
}

function randomClause(random: Random): string {
  const metric = random.pick([
    "metrics.loss",
    "metric.acc",
    'metrics."val/f1 score"',
    "metrics.`val/f1 score`",
    "metrics.none",
  ]);
  const text = quoted(random.pick([...texts, "a%", "%c", "A_C", "%", "a[b]c"]));
  const comparator = random.pick(["=", "!=", "LIKE", "ILIKE", "like"]);
  switch (random.below(10)) {
    case 8:
      return random.chance(0.6)
        ? `params.lr ${random.pick([">", ">=", "=", "!=", "<", "<="])} ${random.pick(["0.1", "0.001", "5", "-2", "1e9", "0"])}`
        : `params.lr ${random.pick(["IN", "NOT IN"])} (${random.pick(["0.1", "0.1, 10", "5, 7, 0.5"])})`;
    case 9:
      return random.pick([
        "params.p IN ('a', 'ß')", "params.p NOT IN ('a', \"it's\")", "tags.t IN ('abc')", "tags.t NOT IN ('a', 'A')",
        "status IN ('FINISHED', 'FAILED')", "attributes.run_name NOT IN ('third')", "metrics.loss IN (0, 0.5)",
        "metrics.loss NOT IN (3, -1)", "end_time IN (2001, 2003)", "start_time NOT IN (1000)", "user_id in ('bob')",
      ]); // prettier-ignore
    case 0:
    case 1:
      return `${metric} ${random.pick([">", ">=", "=", "!=", "<", "<="])} ${random.pick(["0", "0.5", "-1", "1e-9", "2"])}`;
    case 2:
      return `${random.pick(["params.p", "parameter.p", "params.`batch size`"])} ${comparator} ${text}`;
    case 3:
      return `${random.pick(["tags.t", "tag.t", "tags.`mlflow.runName`", "tags.mlflow.runName"])} ${comparator} ${text}`;
    case 4:
      return `${random.pick(["params.p", "tags.t", "params.zz"])} IS ${random.pick(["", "NOT "])}NULL`;
    case 5:
      return random.pick([
        "attributes.status = 'FINISHED'", "status != 'RUNNING'", "status ILIKE 'f%'", "run.user_id = 'ann'",
        "attributes.run_name LIKE 'Second%'", "attribute.`Run name` = 'third'", "run_name ILIKE 'RUN %'",
      ]); // prettier-ignore
    case 6:
      return `${random.pick(["start_time", "attributes.end_time", "created"])} ${random.pick([">", "<=", "!="])} ${random.pick(["1003", "2002"])}`;
    default:
      return random.pick([
        "dataset.name = 'd1'", "datasets.context LIKE 'tr%'", "dataset.context != 'train'", "dataset.digest IN ('x', 'y')",
        `attributes.run_id IN ('${runs[3]?.id}', '${runs[9]?.id}')`, `run_id NOT IN ('${runs[5]?.id}')`,
      ]); // prettier-ignore
  }
}

const orders = [
  "metrics.loss", "metrics.acc DESC", "metrics.`val/f1 score` ASC", "metrics.none", "params.p DESC", "tags.t", "params.zz",
  "start_time", "attributes.end_time DESC", "end_time", "status", "run_name DESC", "run_id", "created DESC",
]; // prettier-ignore

/** Clauses joined by everything there is. */
function randomFilter(random: Random, depth: number): string {
  if (depth === 0 || random.chance(0.3)) return randomClause(random);
  if (random.chance(0.2)) return `NOT (${randomFilter(random, depth - 1)})`;
  const word = random.pick([" AND ", " OR "]);
  const parts = Array.from({ length: 2 + random.below(2) }, () => {
    const part = randomFilter(random, depth - 1);
    return random.chance(0.7) ? `(${part})` : part;
  });
  return parts.join(word);
}

describe("runs/search", () => {
  it("finds what a search without SQL finds with OR, NOT, IN, parentheses and params as numbers", async () => {
    let some = 0;
    for (let seed = 1; seed <= 400; seed++) {
      const random = new Random(seed);
      const filter = randomFilter(random, 3);
      const found = await search(filter, ["run_id"], random.pick([7, 1000]));
      expect(found, `seed ${seed}: ${filter}`).toEqual(searchPlainly(runs, filter, ["run_id"]));
      if (found.length > 0 && found.length < runs.length) some++;
    }
    expect(some).toBeGreaterThan(200);
  }, 120_000);

  it("takes long filters and long lists", async () => {
    const wide = Array.from({ length: 900 }, (_, index) => `params.p = 'none ${index}'`).join(" OR ");
    expect(await search(`${wide} OR run_id = '${runs[4]?.id}'`, [], 1000)).toEqual([runs[4]?.id]);
    const ids = Array.from({ length: 40_000 }, (_, index) => `'${index}'`).join(",");
    expect(await search(`run_id IN (${ids},'${runs[2]?.id}')`, [], 1000)).toEqual([runs[2]?.id]);
  });

  it("finds what a search without SQL finds, in its order, page by page", async () => {
    for (let seed = 1; seed <= 250; seed++) {
      const random = new Random(seed);
      const filter = Array.from({ length: random.below(4) }, () => randomClause(random)).join(" and ");
      const first = random.pick(orders);
      const second = random.pick(orders.filter((order) => order.split(" ")[0] !== first.split(" ")[0]));
      const orderBy = [first, second].slice(0, random.below(3));
      const duplicate =
        orderBy.some((order) => order.startsWith("created")) && orderBy.some((order) => order.startsWith("start_time"));
      if (duplicate) continue;
      const found = await search(filter, orderBy, random.pick([3, 7, 1000]));
      expect(found, `seed ${seed}: ${filter} by ${orderBy.join()}`).toEqual(searchPlainly(runs, filter, orderBy));
    }
  }, 120_000);

  it("neither repeats nor loses a run when others arrive between two pages", async () => {
    const own = await api.newExperiment("moving");
    const ids: string[] = [];
    for (let index = 0; index < 6; index++) ids.push(await api.newRun(own, { start_time: 1000 + index }));
    const body = { experiment_ids: [own], max_results: 3 };
    const first = await api.ok<Page>("runs/search", body);
    await api.newRun(own, { start_time: 9000 });
    const second = await api.ok<Page>("runs/search", { ...body, page_token: first.next_page_token });
    const seen = [...(first.runs ?? []), ...(second.runs ?? [])].map((run) => run.info.run_id);
    expect(seen).toEqual([...ids].reverse());
  });

  it("refuses a token of another search", async () => {
    const { next_page_token } = await api.ok<Page>("runs/search", { experiment_ids: [experiment], max_results: 1 });
    const other = {
      experiment_ids: [experiment],
      max_results: 1,
      order_by: ["metrics.loss"],
      page_token: next_page_token,
    };
    for (const page_token of [next_page_token, "nonsense", Buffer.from("{}").toString("base64url")]) {
      expect((await api.post("runs/search", { ...other, page_token })).status).toBe(400);
    }
  });

  it("shows deleted runs only when asked to", async () => {
    const own = await api.newExperiment("views");
    const kept = await api.newRun(own);
    const gone = await api.newRun(own, { start_time: 1 });
    await api.ok("runs/delete", { run_id: gone });
    const of = async (view: string | undefined) => {
      const page = await api.ok<Page>("runs/search", {
        experiment_ids: [own],
        ...(view ? { run_view_type: view } : {}),
      });
      return (page.runs ?? []).map((run) => run.info.run_id);
    };
    expect(await of(undefined)).toEqual([kept]);
    expect(await of("DELETED_ONLY")).toEqual([gone]);
    expect(await of("ALL")).toEqual([kept, gone]);
  });

  it("answers {} for nothing, and 400 for too much", async () => {
    expect((await api.post("runs/search", { experiment_ids: ["999"] })).json).toEqual({});
    expect((await api.post("runs/search", {})).json).toEqual({});
    for (const max_results of [0, -1, 50_001]) {
      expect((await api.post("runs/search", { experiment_ids: [experiment], max_results })).status).toBe(400);
    }
    expect((await api.post("runs/search", { experiment_ids: ["x"] })).json["message"]).toBe(
      "Invalid experiment ID 'x'. Experiment ID must be a valid integer.",
    );
  });

  it("keeps workspaces apart", async () => {
    await server.addWorkspace("apart");
    const body = Buffer.from(JSON.stringify({ experiment_ids: ["0", experiment] }));
    const request = {
      workspace: "apart",
      method: "POST",
      path: "/api/2.0/mlflow/runs/search",
      query: "",
      body,
      actor: "x",
    };
    expect(await server.tracking.reply(request)).toMatchObject({ text: "{}" });
    const get = {
      ...request,
      method: "GET",
      path: "/api/2.0/mlflow/runs/get",
      query: `run_id=${runs[0]?.id}`,
      body: null,
    };
    expect((await server.tracking.reply(get)).status).toBe(404);
  });
});
