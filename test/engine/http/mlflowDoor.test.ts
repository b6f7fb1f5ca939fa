import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EngineEvent } from "#contract/events.ts";
import { signingKey } from "#engine/access/signingKey.ts";
import { Tokens } from "#engine/access/tokens.ts";
import { MlflowDoor } from "#engine/http/mlflow/mlflowDoor.ts";
import { Store } from "#engine/store/store.ts";

let folder: string;
let store: Store;
let tokens: Tokens;
let door: MlflowDoor | undefined;
let token: string;
const events: EngineEvent[] = [];
const logged: string[] = [];
let calls = 0;

async function open(port = 0): Promise<MlflowDoor> {
  door = await MlflowDoor.open({
    store,
    bus: { publish: (event) => void events.push(event) },
    log: (line) => void logged.push(line),
    onCalled: () => calls++,
    port,
    allowedHosts: [],
    blobs: join(folder, "blobs"),
    packs: join(folder, "packs"),
    keyFile: join(folder, "signing.key"),
  });
  return door;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "slipway-door-"));
  store = await Store.open({ path: join(folder, "slipway.db"), now: Date.now(), onFault: () => undefined });
  await store.write("addWorkspace", {
    ...{ name: "default", displayName: "default", description: null, tags: "{}", defaultCompute: "local" },
    ...{ isDefault: true, datastores: [], actor: "ann", now: Date.now() },
  });
  tokens = await Tokens.open({ store, key: signingKey(join(folder, "signing.key")) });
  token = await tokens.user("default", "ann");
  events.length = 0;
  logged.length = 0;
  calls = 0;
});

afterEach(async () => {
  await door?.dispose();
  door = undefined;
  await store.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function ask(method: string, path: string, body?: unknown, bearer = token): Promise<Response> {
  return fetch(`http://127.0.0.1:${door?.port}/w/default${path}`, {
    method,
    headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
}
const mlflow = async (method: string, path: string, body?: unknown): Promise<Record<string, never>> =>
  (await (await ask(method, `/api/2.0/mlflow/${path}`, body)).json()) as Record<string, never>;

async function newRun(): Promise<string> {
  const { run } = (await mlflow("POST", "runs/create", { experiment_id: "0" })) as unknown as {
    run: { info: { run_id: string } };
  };
  return run.info.run_id;
}

describe("the door for MLflow clients", () => {
  it("keeps what many clients log at once, and shows it to readers and to the engine at once", async () => {
    await open();
    const runs = await Promise.all(Array.from({ length: 6 }, newRun));
    const point = (run_id: string, step: number) =>
      ask("POST", "/api/2.0/mlflow/runs/log-metric", { run_id, key: "loss", value: step, timestamp: step, step });
    for (let step = 0; step < 30; step += 3) {
      const replies = await Promise.all(runs.flatMap((run) => [0, 1, 2].map((more) => point(run, step + more))));
      expect(replies.every(({ status }) => status === 200)).toBe(true);
    }
    for (const run of runs) {
      const history = await mlflow("GET", `metrics/get-history?run_id=${run}&metric_key=loss`);
      expect(history["metrics"]).toHaveLength(30);
      expect((await store.read("runData", { workspace: "default", name: run })).metrics).toMatchObject({
        loss: { value: 29, step: 29 },
      });
      expect(events).toContainEqual({ type: "run", workspace: "default", run });
    }
    expect(calls).toBeGreaterThan(0);
  });

  it("takes a refused call back alone, in a commit with others", async () => {
    await open();
    const run = await newRun();
    const param = (value: string) =>
      ask("POST", "/api/2.0/mlflow/runs/log-parameter", { run_id: run, key: "lr", value });
    const replies = await Promise.all(["1", "2", "1", "3"].map(param));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 200, 400, 400]);
  });

  it("knows at once of a workspace that was made and of a token that was ended", async () => {
    await open();
    expect((await ask("GET", "/health")).status).toBe(200);
    const fresh = await tokens.user("default", "ann", { rotate: true });
    expect((await ask("GET", "/health")).status).toBe(401);
    expect((await ask("GET", "/health", undefined, fresh)).status).toBe(200);
    token = await tokens.user("later", "ann");
    const inLater = () =>
      fetch(`http://127.0.0.1:${door?.port}/w/later/api/2.0/mlflow/runs/create`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: Buffer.from('{"experiment_id":"0"}'),
      });
    expect((await inLater()).status).toBe(404);
    await store.write("addWorkspace", {
      ...{ name: "later", displayName: "later", description: null, tags: "{}", defaultCompute: "local" },
      ...{ isDefault: false, datastores: [], actor: "ann", now: Date.now() },
    });
    expect((await inLater()).status).toBe(200);
  });

  it("stores uploads and gives them back", async () => {
    await open();
    const run = await newRun();
    const body = "x".repeat(3_000_000);
    const put = await ask("PUT", `/api/2.0/mlflow-artifacts/artifacts/0/${run}/artifacts/big.txt`, body);
    expect(put.status).toBe(200);
    const got = await ask("GET", `/api/2.0/mlflow-artifacts/artifacts/0/${run}/artifacts/big.txt`);
    expect(await got.text()).toBe(body);
  });

  it("listens where it did before, and elsewhere when that is taken", async () => {
    const { port } = await open();
    await door?.dispose();
    expect((await open(port)).port).toBe(port);
    await door?.dispose();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const taken = (other.address() as AddressInfo).port;
    expect((await open(taken)).port).not.toBe(taken);
    expect((await ask("GET", "/health")).status).toBe(200);
    await new Promise((resolve) => other.close(resolve));
  });

  it("leaves the store usable when it is taken down with calls on the way", async () => {
    await open();
    const run = await newRun();
    const late = Array.from({ length: 20 }, (_, step) =>
      ask("POST", "/api/2.0/mlflow/runs/log-metric", { run_id: run, key: "m", value: 1, timestamp: step, step }).then(
        ({ status }) => status,
        () => "cut",
      ),
    );
    await door?.dispose();
    door = undefined;
    const answered = (await Promise.all(late)).filter((status) => status === 200).length;
    const series = await store.read("metricSeries", { workspace: "default", name: run, keys: ["m"], points: 100 });
    expect(series[0]?.points.length ?? 0).toBeGreaterThanOrEqual(answered);
    await store.write("putSetting", { key: "still", value: "here" });
    expect(await store.read("setting", { key: "still" })).toBe("here");
  });
});
