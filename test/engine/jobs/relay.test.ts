import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandYaml, World, type Engine } from "./world.ts";

/** A small MLflow client: only the standard library, so that every machine has it. */
const client = `
import json, os, sys, time, urllib.request
base = os.environ["MLFLOW_TRACKING_URI"]; run = os.environ["MLFLOW_RUN_ID"]
def call(method, path, body=None, raw=None):
    data = raw if raw is not None else None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data, method=method)
    request.add_header("Authorization", "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"])
    request.add_header("Content-Type", "application/octet-stream" if raw is not None else "application/json")
    with urllib.request.urlopen(request, timeout=90) as reply:
        text = reply.read()
    return json.loads(text) if text.startswith(b"{") else text
def metric(key, value, step):
    call("POST", "/api/2.0/mlflow/runs/log-metric", {"run_id": run, "key": key, "value": value, "step": step, "timestamp": 1000 + step})
`;

describe("a job's tracking calls", () => {
  let world: World;
  let engine: Engine;
  beforeAll(async () => {
    world = await World.make();
    engine = await world.open({ concurrency: 2 });
  });
  afterAll(() => world.dispose());

  const submit = async (script: string) => {
    const yaml = commandYaml("python main.py", "code: .\n");
    const file = await world.project({ "job.yml": yaml, "main.py": client + script });
    return engine.submit(file);
  };
  const history = async (name: string, key: string) => {
    const [series] = await engine.tracking.metricHistory("default", name, { keys: [key], points: 10_000 });
    return series?.points.map(([step, , value]) => [step, value]);
  };
  const counted = (count: number) => Array.from({ length: count }, (_, step) => [step, step / 2]);

  test("reach the run: metrics, params, tags, artifacts, nested runs, reads", async () => {
    const { name } = await submit(`
for step in range(200): metric("loss", step / 2, step)
call("POST", "/api/2.0/mlflow/runs/log-parameter", {"run_id": run, "key": "lr", "value": "0.1"})
call("POST", "/api/2.0/mlflow/runs/set-tag", {"run_id": run, "key": "colour", "value": "blue"})
info = call("GET", "/api/2.0/mlflow/runs/get?run_id=" + run)["run"]["info"]
root = info["artifact_uri"].split(":", 1)[1]
call("PUT", "/api/2.0/mlflow-artifacts/artifacts" + root + "/model/weights.bin", raw=bytes(range(256)) * 4000)
child = call("POST", "/api/2.0/mlflow/runs/create", {"experiment_id": info["experiment_id"], "start_time": 1, "tags": [{"key": "mlflow.parentRunId", "value": run}]})
child = child["run"]["info"]["run_id"]
call("POST", "/api/2.0/mlflow/runs/log-batch", {"run_id": child, "metrics": [{"key": "acc", "value": 1, "step": 0, "timestamp": 1}]})
found = call("POST", "/api/2.0/mlflow/runs/search", {"experiment_ids": [info["experiment_id"]], "filter": "tags.colour = 'blue'"})
print("found", [one["info"]["run_id"] for one in found["runs"]] == [run])
`);
    const job = await engine.ended(name);
    expect((await engine.readLog(name)).toString()).toBe("found True\n");
    expect(job).toMatchObject({ status: "Completed", warnings: [] });
    expect(await history(name, "loss")).toEqual(counted(200));
    const data = await engine.tracking.runData("default", name);
    expect(data.params).toEqual({ lr: "0.1" });
    expect(data.tags["colour"]).toBe("blue");
    expect(data.child_runs).toHaveLength(1);
    const { stream } = await engine.artifacts.open({ workspace: "default", name, path: "model/weights.bin" });
    expect(await buffer(stream)).toEqual(Buffer.concat(Array<Buffer>(4000).fill(Buffer.from([...Array(256).keys()]))));
  });

  test("an engine restart in the middle: each metric once, none missing", async () => {
    const { name } = await submit(`
for step in range(400):
    metric("loss", step / 2, step)
    if step == 100: print("hundred", flush=True)
    if step == 300:
        while not os.path.exists("../go"): time.sleep(0.01)
`);
    await engine.until(name, (job) => (job.log_files[0]?.bytes ?? 0) > 0);
    await engine.close();
    engine = await world.open({ concurrency: 2 });
    await writeFile(join(engine.runner.attemptFolder("default", name, 1), "go"), "");
    expect((await engine.ended(name)).status).toBe("Completed");
    expect(await history(name, "loss")).toEqual(counted(400));
  });

  test("what tracking refuses late is a warning on the job", async () => {
    const { name } = await submit(`
info = call("GET", "/api/2.0/mlflow/runs/get?run_id=" + run)["run"]["info"]
call("POST", "/api/2.0/mlflow/runs/set-tag", {"run_id": "0" * 32, "key": "a", "value": "b"})
metric("loss", 1, 1)
`);
    const job = await engine.ended(name);
    expect(job.status).toBe("Completed");
    expect(await history(name, "loss")).toEqual([[1, 1]]);
    expect(job.warnings.join()).toMatch(/refused/iu);
  });

  test("samples of the processes become system metrics", async () => {
    const { name } = await submit("block = bytearray(50_000_000)\ntime.sleep(1.5)\n");
    expect((await engine.ended(name)).status).toBe("Completed");
    const points = await history(name, "system/system_memory_usage_megabytes");
    expect(Math.max(...(points ?? []).map(([, value]) => Number(value)))).toBeGreaterThan(40);
  });
});
