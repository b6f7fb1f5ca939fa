import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTrackingServer, type TrackingServer } from "../../mlflow/support/trackingServer.ts";
import { Api, type WireRun } from "./support/api.ts";

interface Model {
  info: Record<string, unknown> & { model_id: string; name: string; status: string };
  data: { params?: { key: string; value: string }[]; metrics?: { key: string; value: number }[] };
}

let server: TrackingServer;
let api: Api;
let experiment: string;
let run: string;
beforeAll(async () => {
  server = await startTrackingServer();
  api = new Api(server);
  experiment = await api.newExperiment("models");
  run = await api.newRun(experiment);
});
afterAll(() => server.close());

async function create(fields: Record<string, unknown> = {}): Promise<Model> {
  const body = { experiment_id: experiment, source_run_id: run, ...fields };
  return (await api.ok<{ model: Model }>("logged-models", body)).model;
}

async function search(body: Record<string, unknown>): Promise<string[]> {
  const full = { experiment_ids: [experiment], ...body };
  const { models = [] } = await api.ok<{ models?: Model[] }>("logged-models/search", full);
  return models.map((model) => model.info.name);
}

describe("logged models", () => {
  it("are created pending under their experiment, made ready, tagged and deleted", async () => {
    const params = [{ key: "p", value: "1" }];
    const tags = [{ key: "t", value: "2" }];
    const made = await create({ name: "whole", model_type: "agent", params, tags });
    const id = made.info.model_id;
    expect(id).toMatch(/^m-[0-9a-f]{32}$/);
    expect(made).toEqual({
      info: {
        model_id: id,
        experiment_id: experiment,
        name: "whole",
        creation_timestamp_ms: expect.any(Number) as number,
        last_updated_timestamp_ms: expect.any(Number) as number,
        artifact_uri: `mlflow-artifacts:/${experiment}/models/${id}/artifacts`,
        status: "LOGGED_MODEL_PENDING",
        model_type: "agent",
        source_run_id: run,
        tags,
      },
      data: { params },
    });
    const path = `/api/2.0/mlflow/logged-models/${id}`;
    const send = (method: string, more: string, body: unknown) =>
      api.send<{ model: Model }>(method, path + more, { body: JSON.stringify(body) });
    const ready = await send("PATCH", "", { model_id: id, status: "LOGGED_MODEL_READY" });
    expect(ready.json.model.info.status).toBe("LOGGED_MODEL_READY");
    expect((await send("PATCH", "/tags", { tags: [{ key: "a/b", value: "c" }] })).status).toBe(200);
    expect((await send("POST", "/params", { params: [{ key: "p2", value: "x" }] })).status).toBe(200);
    expect((await api.send("DELETE", `${path}/tags/a%2Fb`, { body: "{}" })).status).toBe(200);
    expect((await api.send("DELETE", `${path}/tags/a%2Fb`, { body: "{}" })).status).toBe(404);
    const shown = (await api.get<{ model: Model }>(path)).json.model;
    expect(shown.info["tags"]).toEqual(tags);
    expect(shown.data.params).toEqual([...params, { key: "p2", value: "x" }]);
    expect((await api.send("DELETE", path)).status).toBe(200);
    expect((await api.get(path)).json).toEqual({
      error_code: "RESOURCE_DOES_NOT_EXIST",
      message: `Logged model with ID '${id}' not found.`,
    });
    expect((await api.get(`${path}?allow_deleted=true`)).status).toBe(200);
    expect(await search({ filter: "name = 'whole'" })).toEqual([]);
  });

  it("get the metrics that are logged with them, beside their run", async () => {
    const { info } = await create({ name: "measured" });
    const point = { key: "acc", value: 0.5, timestamp: 5, step: 1, model_id: info.model_id };
    await api.ok("runs/log-metric", { run_id: run, ...point, dataset_name: "d", dataset_digest: "1" });
    await api.ok("runs/log-batch", { run_id: run, metrics: [{ ...point, value: 0.9, step: 2, timestamp: 6 }] });
    const { model } = (await api.get<{ model: Model }>(`logged-models/${info.model_id}`)).json;
    expect(model.data.metrics).toEqual([
      {
        key: "acc",
        value: 0.5,
        timestamp: 5,
        step: 1,
        dataset_name: "d",
        dataset_digest: "1",
        model_id: info.model_id,
        run_id: run,
      },
      { key: "acc", value: 0.9, timestamp: 6, step: 2, model_id: info.model_id, run_id: run },
    ]);
    const shown = (await api.get<{ run: WireRun }>(`runs/get?run_id=${run}`)).json.run;
    expect(shown.data.metrics).toEqual([{ key: "acc", value: 0.9, step: 2, timestamp: 6 }]);
    expect((await server.tracking.runData("default", run)).logged_models).toContainEqual({
      model_id: info.model_id,
      name: "measured",
      status: "LOGGED_MODEL_PENDING",
    });
  });

  it("are found by what is known of them", async () => {
    const own = await api.newExperiment("found");
    const make = async (name: string, acc: number | null, extra: Record<string, unknown> = {}) => {
      const { info } = await create({ experiment_id: own, name, ...extra });
      const model_id = info.model_id;
      if (acc !== null) {
        const more = { model_id, dataset_name: "d", dataset_digest: String(acc) };
        await api.ok("runs/log-metric", { run_id: run, key: "a c", value: acc, timestamp: 1, step: 0, ...more });
      }
      return model_id;
    };
    await make("low", 0.1, { params: [{ key: "p", value: "x" }] });
    const high = await make("high", 0.9, { tags: [{ key: "t", value: "Yes" }] });
    await make("none", null, { model_type: "agent" });
    const find = async (body: Record<string, unknown>) => {
      const full = { experiment_ids: [own], ...body };
      const { models = [] } = await api.ok<{ models?: Model[] }>("logged-models/search", full);
      return models.map((model) => model.info.name);
    };
    for (const [filter, names] of [
      ["name = 'high'", ["high"]],
      ["name IN ('low', 'none')", ["low", "none"]],
      ["attributes.name LIKE 'h%'", ["high"]],
      ["metrics.`a c` > 0.5", ["high"]],
      ["metrics.`a c` < 2 AND params.p = 'x'", ["low"]],
      ["tags.t ILIKE 'y%'", ["high"]],
      ["model_type = 'agent'", ["none"]],
      [`model_id = '${high}'`, ["high"]],
      [`source_run_id = '${run}' and creation_timestamp > 0`, ["high", "low", "none"]],
      ["status = 'PENDING' and tags.t != 'no'", ["high"]],
      ["name = 'high' OR metrics.`a c` < 0.5", ["high", "low"]],
      ["NOT (name = 'high' OR metrics.`a c` < 2)", ["none"]],
      ["tags.t IN ('Yes', 'other') AND NOT name = 'low'", ["high"]],
    ] as const) {
      expect((await find({ filter })).sort(), filter).toEqual([...names]);
    }
    const metric = { field_name: "metrics.a c" };
    expect(await find({ order_by: [{ ...metric, ascending: true }] })).toEqual(["low", "high", "none"]);
    expect(await find({ order_by: [{ ...metric, ascending: false }] })).toEqual(["high", "low", "none"]);
    expect(await find({ order_by: [{ field_name: "name" }], max_results: 2 })).toEqual(["high", "low"]);
    expect((await find({ datasets: [{ dataset_name: "d" }] })).sort()).toEqual(["high", "low"]);
    expect(await find({ datasets: [{ dataset_name: "d", dataset_digest: "0.1" }] })).toEqual(["low"]);
    const first = await api.ok<{ next_page_token: string }>("logged-models/search", {
      experiment_ids: [own],
      max_results: 2,
    });
    expect(await find({ max_results: 2, page_token: first.next_page_token })).toHaveLength(1);
  });

  it.each([
    ["a name with a slash", "logged-models", { name: "a/b" }],
    ["an unknown column", "logged-models/search", { filter: "nope = 'x'" }],
    ["a number for a text", "logged-models/search", { filter: "name = 5" }],
    ["a dangling OR", "logged-models/search", { filter: "name = 'a' OR" }],
    ["an order by params", "logged-models/search", { order_by: [{ field_name: "params.p" }] }],
    ["a dataset without a name", "logged-models/search", { datasets: [{}] }],
  ])("refuse %s", async (_what, path, body) => {
    const reply = await api.post(path, { experiment_id: experiment, experiment_ids: [experiment], ...body });
    expect([reply.status, reply.json["error_code"]]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  });
});
