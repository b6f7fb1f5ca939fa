import type { SlipwayClient } from "#client/index.ts";

/** Calls MLflow's REST API of an engine's default workspace, as a client outside of jobs does. */
export async function mlflowCalls(client: SlipwayClient): Promise<{
  call: (path: string, body: object) => Promise<unknown>;
  /** Logs a whole history, one value a step. */
  logMetric: (run: string, key: string, values: readonly number[]) => Promise<void>;
}> {
  const { uri, token } = await client.trackingAccess({ params: { workspace: "default" }, query: {} });
  const call = async (path: string, body: object): Promise<unknown> => {
    const response = await fetch(`${uri}/api/2.0/mlflow/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const logMetric = async (run: string, key: string, values: readonly number[]): Promise<void> => {
    const metrics = values.map((value, step) => ({ key, value, step, timestamp: 1_700_000_000_000 + step * 1000 }));
    for (let from = 0; from < metrics.length; from += 1000) {
      await call("runs/log-batch", { run_id: run, metrics: metrics.slice(from, from + 1000) });
    }
  };
  return { call, logMetric };
}
