import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTrackingServer, type TrackingServer } from "../../mlflow/support/trackingServer.ts";
import { Api, type WireRun } from "./support/api.ts";

let server: TrackingServer;
let api: Api;
let experiment: string;
let run: string;
beforeAll(async () => {
  server = await startTrackingServer();
  api = new Api(server);
  experiment = await api.newExperiment("logging");
});
beforeEach(async () => {
  run = await api.newRun(experiment, { run_name: "r" });
});
afterAll(() => server.close());

async function theRun(): Promise<WireRun> {
  return (await api.get<{ run: WireRun }>(`runs/get?run_id=${run}`)).json.run;
}

async function history(key: string): Promise<unknown[]> {
  const { json } = await api.get<{ metrics?: unknown[] }>(`metrics/get-history?run_id=${run}&metric_key=${key}`);
  return json.metrics ?? [];
}

describe("runs", () => {
  it("are answered with both ids, numbers as numbers, and nothing that is empty", async () => {
    const created = await api.ok<{ run: WireRun }>("runs/create", {
      experiment_id: experiment,
      user_id: "ann",
      run_name: "first",
      start_time: 1234567890123,
      tags: [{ key: "a", value: "b" }],
    });
    const id = created.run.info.run_id;
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(created.run).toEqual({
      info: {
        run_id: id,
        run_uuid: id,
        run_name: "first",
        experiment_id: experiment,
        user_id: "ann",
        status: "RUNNING",
        start_time: 1234567890123,
        artifact_uri: `mlflow-artifacts:/${experiment}/${id}/artifacts`,
        lifecycle_stage: "active",
      },
      data: {
        tags: [
          { key: "a", value: "b" },
          { key: "mlflow.runName", value: "first" },
        ],
      },
      inputs: {},
    });
  });

  it("mirror their name and the tag mlflow.runName", async () => {
    await api.ok("runs/set-tag", { run_id: run, key: "mlflow.runName", value: "by tag" });
    expect((await theRun()).info.run_name).toBe("by tag");
    await api.ok("runs/update", { run_id: run, run_name: "by update" });
    expect((await theRun()).data.tags).toEqual([{ key: "mlflow.runName", value: "by update" }]);
    await api.ok("runs/log-batch", { run_id: run, tags: [{ key: "mlflow.runName", value: "by batch" }] });
    expect((await theRun()).info.run_name).toBe("by batch");
    const refused = await api.post("runs/create", {
      experiment_id: experiment,
      run_name: "a",
      tags: [{ key: "mlflow.runName", value: "b" }],
    });
    expect(refused.status).toBe(400);
  });

  it("get a name when they have none", async () => {
    const created = await api.ok<{ run: WireRun }>("runs/create", { experiment_id: experiment });
    expect(created.run.info.run_name).toMatch(/^[a-z]+-[a-z]+-\d+$/);
  });

  it("end, and are deleted and restored", async () => {
    const { run_info } = await api.ok<{ run_info: WireRun["info"] }>("runs/update", {
      run_id: run,
      status: "FINISHED",
      end_time: 99,
    });
    expect(run_info).toMatchObject({ status: "FINISHED", end_time: 99, run_uuid: run });
    await api.ok("runs/delete", { run_id: run });
    const refused = await api.post("runs/log-metric", { run_id: run, key: "a", value: 1, timestamp: 1 });
    expect(refused.json).toEqual({
      error_code: "INVALID_PARAMETER_VALUE",
      message: `The run ${run} must be in the 'active' state. Current state is deleted.`,
    });
    await api.ok("runs/restore", { run_id: run });
    await api.ok("runs/log-metric", { run_id: run, key: "a", value: 1, timestamp: 1 });
    expect((await api.post("runs/update", { run_id: run, status: "WAT" })).status).toBe(400);
  });

  it("are looked up by run_uuid too", async () => {
    expect((await api.get<{ run: WireRun }>(`runs/get?run_uuid=${run}`)).json.run.info.run_id).toBe(run);
    await api.ok("runs/log-metric", { run_uuid: run, key: "u", value: 1, timestamp: 1 });
    expect(await history("u")).toHaveLength(1);
  });
});

describe("metrics", () => {
  it("carry what is not a number as text, and infinities as the largest doubles", async () => {
    for (const value of ["NaN", "Infinity", "-Infinity", "1.5"]) {
      await api.ok("runs/log-metric", {
        run_id: run,
        key: value.replace("-", "minus"),
        value,
        timestamp: "5",
        step: "2",
      });
    }
    const { metrics } = (await theRun()).data;
    expect(Object.fromEntries((metrics ?? []).map(({ key, value }) => [key, value]))).toEqual({
      NaN: "NaN",
      Infinity: 1.7976931348623157e308,
      minusInfinity: -1.7976931348623157e308,
      "1.5": 1.5,
    });
    expect(await history("NaN")).toEqual([{ key: "NaN", value: "NaN", timestamp: 5, step: 2 }]);
  });

  it("have the latest value by step, then time, then value", async () => {
    const log = (value: number | string, step: number, timestamp: number) =>
      api.ok("runs/log-metric", { run_id: run, key: "m", value, step, timestamp });
    await log(1, 5, 10);
    await log(9, 4, 99);
    expect((await theRun()).data.metrics).toEqual([{ key: "m", value: 1, step: 5, timestamp: 10 }]);
    await log(2, 5, 11);
    await log(3, 5, 11);
    await log(2.5, 5, 11);
    expect((await theRun()).data.metrics).toEqual([{ key: "m", value: 3, step: 5, timestamp: 11 }]);
    const metrics = [
      { key: "m", value: 7, step: 8, timestamp: 1 },
      { key: "m", value: 6, step: 7, timestamp: 1 },
    ];
    await api.ok("runs/log-batch", { run_id: run, metrics });
    expect((await theRun()).data.metrics).toEqual([{ key: "m", value: 7, step: 8, timestamp: 1 }]);
  });

  it("are kept once however often the same point is sent", async () => {
    const point = { key: "twice", value: 0.5, step: 1, timestamp: 1 };
    for (let time = 0; time < 3; time++) {
      await api.ok("runs/log-metric", { run_id: run, ...point });
      await api.ok("runs/log-batch", { run_id: run, metrics: [point, point] });
    }
    expect(await history("twice")).toEqual([point]);
  });

  it("page through a history without a gap while points go on arriving", async () => {
    const metrics = Array.from({ length: 1000 }, (_, step) => ({ key: "h", value: step, step, timestamp: step >> 3 }));
    await api.ok("runs/log-batch", { run_id: run, metrics });
    const seen: number[] = [];
    let token: string | undefined;
    do {
      const query = `run_id=${run}&metric_key=h&max_results=99${token ? `&page_token=${token}` : ""}`;
      const { json } = await api.get<{ metrics: { step: number }[]; next_page_token?: string }>(
        `metrics/get-history?${query}`,
      );
      seen.push(...json.metrics.map((metric) => metric.step));
      token = json.next_page_token;
      // A point before the page that was read last: it belongs to a part that is done.
      await api.ok("runs/log-metric", { run_id: run, key: "h", value: -1, step: -seen.length, timestamp: 0 });
    } while (token);
    expect(seen.filter((step) => step >= 0)).toEqual(Array.from({ length: 1000 }, (_, step) => step));
  });

  it("sample a long history, first, last and spikes among it", async () => {
    for (let batch = 0; batch < 10; batch++) {
      const metrics = Array.from({ length: 1000 }, (_, index) => {
        const step = batch * 1000 + index;
        return { key: "s", value: step === 4321 ? 1000 : Math.sin(step / 500), step, timestamp: step };
      });
      await api.ok("runs/log-batch", { run_id: run, metrics });
    }
    const query = `run_ids=${run}&metric_key=s&max_results=320`;
    const { json } = await api.get<{ metrics: { step: number; value: number }[] }>(
      `/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?${query}`,
    );
    expect(json.metrics.length).toBeLessThanOrEqual(320);
    expect(json.metrics.length).toBeGreaterThan(250);
    expect([json.metrics[0]?.step, json.metrics.at(-1)?.step]).toEqual([0, 9999]);
    expect(json.metrics.map((metric) => metric.value)).toContain(1000);
    const steps = json.metrics.map((metric) => metric.step);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    const [series] = await server.tracking.metricHistory("default", run, { keys: ["s"], points: 10 });
    expect(series?.total).toBe(10_000);
    expect(series?.points).toHaveLength(10);
  });

  it("answer histories of several runs at once", async () => {
    const other = await api.newRun(experiment);
    for (const id of [run, other]) {
      await api.ok("runs/log-metric", { run_id: id, key: "b", value: 1, timestamp: 1 });
    }
    const { json } = await api.get<{ metrics: { run_id: string }[] }>(
      `metrics/get-history-bulk?run_id=${run}&run_id=${other}&metric_key=b`,
    );
    expect(json.metrics.map((metric) => metric.run_id)).toEqual([run, other].sort());
  });
});

describe("params", () => {
  it("may be logged again with the same value, never with another", async () => {
    await api.ok("runs/log-parameter", { run_id: run, key: "a", value: "1" });
    await api.ok("runs/log-parameter", { run_id: run, key: "a", value: "1" });
    const single = await api.post("runs/log-parameter", { run_id: run, key: "a", value: "2" });
    expect(single.json).toEqual({
      error_code: "INVALID_PARAMETER_VALUE",
      message:
        "Changing param values is not allowed. Param with key='a' was already logged with value='1' " +
        `for run ID='${run}'. Attempted logging new value '2'.`,
    });
    const batch = await api.post("runs/log-batch", {
      run_id: run,
      params: [
        { key: "new", value: "x" },
        { key: "a", value: "3" },
      ],
    });
    expect(batch.json["message"]).toBe(
      "Changing param values is not allowed. Params were already" +
        ` logged='[{'key': 'a', 'old_value': '1', 'new_value': '3'}]' for run ID='${run}'.`,
    );
    // A refused batch leaves nothing behind.
    expect((await theRun()).data.params).toEqual([{ key: "a", value: "1" }]);
  });
});

describe("limits of a batch", () => {
  const metrics = (count: number) =>
    Array.from({ length: count }, (_, step) => ({ key: "m", value: step, step, timestamp: 1 }));
  const pairs = (count: number) => Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: "v" }));

  it.each([
    ["1001 metrics", { metrics: metrics(1001) }, "at most 1000 metrics. Got 1001 metrics"],
    ["101 params", { params: pairs(101) }, "at most 100 params. Got 101 params"],
    ["101 tags", { tags: pairs(101) }, "at most 100 tags. Got 101 tags"],
    ["1001 in all", { metrics: metrics(1000), tags: pairs(1) }, "at most 1000 metrics, params, and tags. Got 1001"],
    ["a body over 1 MB", { params: [{ key: "big", value: "x".repeat(1_000_000) }] }, "must be at most 1000000 bytes"],
    ["a param twice", { params: [...pairs(1), ...pairs(1)] }, "Duplicate parameter keys have been submitted: ['k0']"],
    [
      "a key of 251",
      { metrics: [{ ...metrics(1)[0], key: "k".repeat(251) }] },
      "'Metric name' exceeds the maximum length",
    ],
    [
      "a key with #",
      { metrics: [{ ...metrics(1)[0], key: "a#b" }] },
      "for parameter 'metrics[0].name' supplied: Names may only",
    ],
    ["no value", { metrics: [{ key: "a", timestamp: 1 }] }, "Missing value for required parameter 'metrics[0].value'."],
    ["a text for a list", { metrics: "x" }, "Invalid value \"x\" for parameter 'metrics' supplied"],
  ])("refuses %s with a 400 and keeps nothing", async (_what, body, message) => {
    const reply = await api.post("runs/log-batch", { run_id: run, ...body });
    expect([reply.status, reply.json["error_code"]]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
    expect(reply.json["message"]).toContain(message);
    expect((await theRun()).data.metrics).toBeUndefined();
  });

  it("takes as much as is allowed, and cuts long values as MLflow does", async () => {
    await api.ok("runs/log-batch", { run_id: run, metrics: metrics(800), params: pairs(100), tags: pairs(100) });
    expect(await history("m")).toHaveLength(800);
    await api.ok("runs/log-parameter", { run_id: run, key: "long", value: "ä".repeat(6001) });
    const long = (await theRun()).data.params?.find((param) => param.key === "long");
    expect(long?.value).toBe("ä".repeat(6000));
  });
});

describe("tags", () => {
  it("are overwritten and deleted", async () => {
    await api.ok("runs/set-tag", { run_id: run, key: "t", value: "1" });
    await api.ok("runs/set-tag", { run_id: run, key: "t", value: "2" });
    expect((await theRun()).data.tags).toContainEqual({ key: "t", value: "2" });
    await api.ok("runs/delete-tag", { run_id: run, key: "t" });
    expect((await api.post("runs/delete-tag", { run_id: run, key: "t" })).json).toEqual({
      error_code: "RESOURCE_DOES_NOT_EXIST",
      message: `No tag with name: t in run with id ${run}`,
    });
  });

  it("make a run the child of another", async () => {
    const child = await api.newRun(experiment, {
      run_name: "kid",
      tags: [{ key: "mlflow.parentRunId", value: run }],
    });
    const { child_runs } = await server.tracking.runData("default", run);
    expect(child_runs).toEqual([{ name: child, display_name: "kid", status: "Running" }]);
  });
});

describe("inputs", () => {
  it("keep datasets and models of a run, once each", async () => {
    const dataset = { name: "d", digest: "1", source_type: "local", source: "{}", schema: "{}", profile: "{}" };
    const tags = [{ key: "mlflow.data.context", value: "training" }];
    for (let time = 0; time < 2; time++) {
      await api.ok("runs/log-inputs", { run_id: run, datasets: [{ tags, dataset }], models: [{ model_id: "m-1" }] });
      await api.ok("runs/outputs", { run_id: run, models: [{ model_id: "m-2", step: 3 }] });
    }
    const { inputs, outputs } = await theRun();
    expect(inputs).toEqual({ dataset_inputs: [{ tags, dataset }], model_inputs: [{ model_id: "m-1" }] });
    expect(outputs).toEqual({ model_outputs: [{ model_id: "m-2", step: 3 }] });
    expect((await server.tracking.runData("default", run)).datasets).toEqual([
      { name: "d", digest: "1", context: "training" },
    ]);
    const refused = await api.post("runs/log-inputs", {
      run_id: run,
      datasets: [{ dataset: { ...dataset, digest: "x".repeat(37) } }],
    });
    expect(refused.json["message"]).toBe("'digest' exceeds the maximum length of 36 characters");
  });

  it("note models as clients before MLflow 3 do", async () => {
    const model = {
      run_id: run,
      artifact_path: "model",
      utc_time_created: "now",
      flavors: { sklearn: { config: 1, code: 2 } },
    };
    await api.ok("runs/log-model", { run_id: run, model_json: JSON.stringify({ ...model, signature: "long" }) });
    await api.ok("runs/log-model", { run_id: run, model_json: JSON.stringify(model) });
    const tag = (await theRun()).data.tags?.find(({ key }) => key === "mlflow.log-model.history");
    const entry = { ...model, flavors: { sklearn: { code: 2 } } };
    expect(JSON.parse(tag?.value ?? "")).toEqual([entry, entry]);
  });
});

describe("bodies", () => {
  it.each(["not json", "[]", "5", '"x"'])("of %j are refused with a 400", async (body) => {
    const reply = await api.send("POST", "runs/search", { body });
    expect([reply.status, reply.json["error_code"]]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  });

  it("encoded twice, as old clients do, are read", async () => {
    const body = JSON.stringify(JSON.stringify({ run_id: run, key: "twice", value: 1, timestamp: 1 }));
    expect((await api.send("POST", "runs/log-metric", { body })).status).toBe(200);
  });

  it("may name fields the way JSON does", async () => {
    await api.ok("runs/log-metric", { runId: run, key: "camel", value: 1, timestamp: 1 });
    expect(await history("camel")).toHaveLength(1);
  });
});
