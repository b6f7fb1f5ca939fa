import type { Db } from "../database.ts";

/** A checked point. `value` may be not a number; infinities are cut to the largest doubles, as MLflow's SQL store does. */
export interface MetricPoint {
  key: string;
  value: number;
  timestamp: number;
  step: number;
  model_id?: string | undefined;
  dataset_name?: string | undefined;
  dataset_digest?: string | undefined;
}

const largest = Number.MAX_VALUE;

/** A value as the histories hold it. */
export function storable(value: number): number | "NaN" {
  if (Number.isNaN(value)) return "NaN";
  return value === Infinity ? largest : value === -Infinity ? -largest : value;
}

export function keyId(db: Db, key: string): number {
  return db.remember(`metric ${key}`, () => {
    const known = db.get<{ id: number }>("SELECT id FROM metric_keys WHERE key = ?", key);
    if (known) return known.id;
    return Number(db.run("INSERT INTO metric_keys (key) VALUES (?)", key).lastInsertRowid);
  });
}

/** Whether `a` is more recent than `b`: by step, then time, then value. */
function isNewer(a: MetricPoint, b: MetricPoint): boolean {
  if (a.step !== b.step) return a.step > b.step;
  if (a.timestamp !== b.timestamp) return a.timestamp > b.timestamp;
  return a.value > b.value;
}

const insertPoint = "INSERT OR IGNORE INTO metrics (run_id, key_id, timestamp, step, value) VALUES (?, ?, ?, ?, ?)";

const putLatest = `
  INSERT INTO latest_metrics (run_id, key_id, step, timestamp, value) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (run_id, key_id) DO UPDATE SET step = excluded.step, timestamp = excluded.timestamp, value = excluded.value
  WHERE (excluded.step, excluded.timestamp, coalesce(excluded.value, 0)) > (step, timestamp, coalesce(value, 0))`;

/** Adds points to a run and keeps its latest values. A point that is there already changes nothing. */
export function writeMetrics(db: Db, runId: number, points: readonly MetricPoint[]): void {
  const insert = db.prepareCached(insertPoint);
  const newest = new Map<string, { id: number; point: MetricPoint }>();
  for (const point of points) {
    let entry = newest.get(point.key);
    if (!entry) {
      entry = { id: keyId(db, point.key), point };
      newest.set(point.key, entry);
    } else if (isNewer(point, entry.point)) entry.point = point;
    insert.run(runId, entry.id, point.timestamp, point.step, storable(point.value));
  }
  const latest = db.prepareCached(putLatest);
  for (const { id, point } of newest.values()) {
    const value = storable(point.value);
    latest.run(runId, id, point.step, point.timestamp, value === "NaN" ? null : value);
  }
}

/** Keeps the points that carry a model also with that model. An unknown model is passed over. */
export function writeModelMetrics(db: Db, workspaceId: number, runId: number, points: readonly MetricPoint[]): void {
  for (const point of points) {
    if (!point.model_id) continue;
    db.run(
      `INSERT OR IGNORE INTO logged_model_metrics
         (model_id, key_id, timestamp, step, run_id, value, dataset_name, dataset_digest)
       SELECT id, ?, ?, ?, ?, ?, ?, ? FROM logged_models WHERE workspace_id = ? AND model_id = ?`,
      keyId(db, point.key),
      point.timestamp,
      point.step,
      runId,
      storable(point.value),
      point.dataset_name || null,
      point.dataset_digest || null,
      workspaceId,
      point.model_id,
    );
  }
}
