import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RelayCall } from "#engine/core/ports/tracking.ts";
import { startTrackingServer, type TrackingServer } from "../../mlflow/support/trackingServer.ts";
import { Api, type WireRun } from "./support/api.ts";
import { Random } from "../../random.ts";

let server: TrackingServer;
let api: Api;
let job: string;
beforeAll(async () => {
  server = await startTrackingServer();
  api = new Api(server);
});
beforeEach(async () => {
  job = await api.newRun("0");
});
afterAll(() => server.close());

function call(seq: number, path: string, body: unknown, more: Partial<RelayCall> = {}): RelayCall {
  return {
    workspace: "default",
    job,
    attempt: 1,
    seq,
    method: "POST",
    path: `/api/2.0/mlflow/${path}`,
    query: "",
    body: Buffer.from(JSON.stringify(body)),
    ...more,
  };
}

const point = (step: number) => ({ run_id: job, key: "m", value: step, step, timestamp: step });

async function steps(): Promise<number[]> {
  const { json } = await api.get<{ metrics?: { step: number }[] }>(`metrics/get-history?run_id=${job}&metric_key=m`);
  return (json.metrics ?? []).map((metric) => metric.step);
}

describe("calls of a job's journal", () => {
  it("take effect once, whichever way they come again", async () => {
    const total = 200;
    const random = new Random(11);
    let sent = 0;
    while (sent < total) {
      // Each time a stretch that begins somewhere in what was sent before, as after a crash.
      const from = 1 + random.below(sent + 1);
      sent = Math.min(total, Math.max(sent, from + random.below(20)));
      const calls = Array.from({ length: sent - from + 1 }, (_, index) => {
        const seq = from + index;
        return seq % 10 === 0
          ? call(seq, "runs/set-tag", { run_id: job, key: "count", value: String(seq) })
          : call(seq, "runs/log-metric", { ...point(seq), value: random.next() });
      });
      await server.tracking.applyRelayCalls(calls);
    }
    expect(await server.store.read("relayProgress", { workspace: "default", job, attempt: 1 })).toBe(total);
    // Values are drawn anew at each repetition: a call applied twice would leave two points.
    expect(await steps()).toEqual(
      Array.from({ length: total }, (_, index) => index + 1).filter((seq) => seq % 10 !== 0),
    );
  });

  it("make runs and models under the ids that the relay gave", async () => {
    const run_id = "f".repeat(32);
    const model_id = `m-${"e".repeat(32)}`;
    const answers = await server.tracking.applyRelayCalls([
      call(
        1,
        "runs/create",
        { experiment_id: "0", tags: [{ key: "mlflow.parentRunId", value: job }] },
        { minted: { run_id } },
      ),
      call(2, "runs/log-metric", { ...point(1), run_id }),
      call(3, "logged-models", { experiment_id: "0", name: "m", source_run_id: run_id }, { minted: { model_id } }),
      call(4, `logged-models/${model_id}`, { model_id, status: "LOGGED_MODEL_READY" }, { method: "PATCH" }),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
    expect((await server.tracking.runData("default", job)).child_runs.map((child) => child.name)).toEqual([run_id]);
    const { json } = await api.get<{ model: { info: { status: string } } }>(`logged-models/${model_id}`);
    expect(json.model.info.status).toBe("LOGGED_MODEL_READY");
  });

  it("bring files, which are durable before they are named", async () => {
    const file = join(server.home, "spooled");
    writeFileSync(file, "spooled bytes");
    const put = call(1, "", null, {
      method: "PUT",
      path: `/api/2.0/mlflow-artifacts/artifacts/0/${job}/artifacts/a/b.txt`,
      file: {
        path: file,
        sha256: createHash("sha256").update("spooled bytes").digest("hex"),
        size: 13,
        contentType: "text/plain",
      },
    });
    const { body: _none, ...withoutBody } = put;
    await server.tracking.applyRelayCalls([withoutBody]);
    expect((await api.get(`/get-artifact?run_id=${job}&path=a/b.txt`)).text).toBe("spooled bytes");
  });

  it("that are refused are passed over, and leave a warning on the run", async () => {
    await api.ok("runs/log-parameter", { run_id: job, key: "p", value: "1" });
    const answers = await server.tracking.applyRelayCalls([
      call(1, "runs/log-metric", point(1)),
      call(2, "runs/log-parameter", { run_id: job, key: "p", value: "2" }),
      call(3, "runs/log-batch", { run_id: job, metrics: [point(2)], params: [{ key: "p", value: "3" }] }),
      call(4, "runs/no-such-call", {}),
      call(5, "runs/log-metric", point(3)),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 400, 400, 404, 200]);
    expect(await steps()).toEqual([1, 3]);
    const warnings = await server.tracking.warnings("default", job);
    expect(warnings).toHaveLength(3);
    expect(warnings[0]).toContain("Changing param values is not allowed");
    expect(await server.store.read("relayProgress", { workspace: "default", job, attempt: 1 })).toBe(5);
  });

  it("are counted for each attempt on its own", async () => {
    await server.tracking.applyRelayCalls([call(1, "runs/log-metric", point(1))]);
    await server.tracking.applyRelayCalls([call(1, "runs/log-metric", point(2), { attempt: 2 })]);
    expect(await steps()).toEqual([1, 2]);
  });
});

describe("calls that a relay asks for", () => {
  it("are answered by the same dispatcher, files by their place", async () => {
    await api.put(`0/${job}/artifacts/x.bin`, Buffer.alloc(300_000, 1));
    const ask = (method: string, path: string, query: string) =>
      server.tracking.answer({ workspace: "default", method, path, query, body: Buffer.alloc(0), actor: job });
    const got = await ask("GET", "/api/2.0/mlflow/runs/get", `run_id=${job}`);
    expect((JSON.parse(String(got.body)) as { run: WireRun }).run.info.run_id).toBe(job);
    const file = await ask("GET", `/api/2.0/mlflow-artifacts/artifacts/0/${job}/artifacts/x.bin`, "");
    expect(file.body).toEqual({ file: expect.stringContaining(server.home) as string });
    expect((await ask("GET", "/api/2.0/mlflow/runs/get", "run_id=none")).status).toBe(404);
  });
});

describe("system metrics", () => {
  it("are kept once under system/, by the seconds since the run's start", async () => {
    const own = await api.newRun("0", { start_time: 1_000_000 });
    const samples = [0, 5, 10].map((second) => ({ at: 1_000_000 + second * 1000, values: { cpu: second } }));
    for (let time = 0; time < 2; time++) {
      await server.tracking.logSystemMetrics({ workspace: "default", name: own, samples });
    }
    const [series] = await server.tracking.metricHistory("default", own, { keys: [], points: 100 });
    expect(series).toEqual({
      key: "system/cpu",
      total: 3,
      points: [[0, 1_000_000, 0], [5, 1_005_000, 5], [10, 1_010_000, 10]],
    }); // prettier-ignore
  });
});
