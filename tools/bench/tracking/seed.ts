import Database from "better-sqlite3";
import { seedRun } from "./bodies.ts";
import { call, request, type Target } from "./target.ts";
import { RawClient } from "./rawClient.ts";

/** Makes the runs that are searched through the API, as a client would. Answers with the runs made in a second. */
export async function seedByApi(target: Target, experimentId: string, from: number, to: number): Promise<number> {
  const clients = await Promise.all(Array.from({ length: 4 }, () => RawClient.open(target.url)));
  let next = from;
  const begin = performance.now();
  await Promise.all(
    clients.map(async (client) => {
      while (next < to) {
        const seed = seedRun(next++);
        const body = { experiment_id: experimentId, user_id: "bench", start_time: seed.start, tags: seed.tags };
        const answer = await client.send(request(target, "POST", "/runs/create", body));
        const id = (JSON.parse(answer.toString("utf8")) as { run: { info: { run_id: string } } }).run.info.run_id;
        const batch = { run_id: id, metrics: seed.metrics, params: seed.params, tags: [] };
        await client.send(request(target, "POST", "/runs/log-batch", batch));
        const end = { run_id: id, status: seed.status, end_time: seed.start + 900 };
        await client.send(request(target, "POST", "/runs/update", end));
      }
    }),
  );
  const seconds = (performance.now() - begin) / 1000;
  for (const client of clients) client.close();
  return (to - from) / seconds;
}

/** The same runs straight into MLflow's database: through its API ten thousand would take ten minutes. */
export function seedMlflow(database: string, experimentId: string, from: number, to: number): void {
  const db = new Database(database);
  db.pragma("busy_timeout = 30000");
  const run = db.prepare(
    `INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time,
       source_version, lifecycle_stage, artifact_uri, experiment_id)
     VALUES (?, ?, 'UNKNOWN', '', '', 'bench', ?, ?, ?, '', 'active', ?, ?)`,
  );
  const metric = db.prepare(
    "INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, 0, 0)",
  );
  const latest = db.prepare(
    "INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, 0, 0, ?)",
  );
  const param = db.prepare("INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?)");
  const tag = db.prepare("INSERT INTO tags (key, value, run_uuid) VALUES (?, ?, ?)");
  db.transaction(() => {
    for (let index = from; index < to; index++) {
      const { id, name, start, status, metrics, params, tags } = seedRun(index);
      const uri = `mlflow-artifacts:/${experimentId}/${id}/artifacts`;
      run.run(id, name, status, start, start + 900, uri, Number(experimentId));
      for (const { key, value, timestamp } of metrics) {
        metric.run(key, value, timestamp, id);
        latest.run(key, value, timestamp, id);
      }
      for (const { key, value } of params) param.run(key, value, id);
      for (const { key, value } of tags) tag.run(key, value, id);
    }
  })();
  db.close();
}

export async function newExperiment(target: Target, name: string): Promise<string> {
  const { experiment_id } = await call<{ experiment_id: string }>(target, "POST", "/experiments/create", { name });
  return experiment_id;
}

export async function newRun(target: Target, experimentId: string): Promise<string> {
  const body = { experiment_id: experimentId, user_id: "bench", start_time: Date.now() };
  const { run } = await call<{ run: { info: { run_id: string } } }>(target, "POST", "/runs/create", body);
  return run.info.run_id;
}
