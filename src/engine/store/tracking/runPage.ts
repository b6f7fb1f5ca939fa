import type { RunData } from "#contract/routes/jobs.ts";
import type { Db } from "../database.ts";
import { wireDouble } from "./runData.ts";
import { jobStatusOf } from "../../core/mlflow/jobStatusOf.ts";
import type { RunRow } from "./runs.ts";

interface KeyValueRow {
  key: string;
  value: string;
}

function recordOf(rows: readonly KeyValueRow[]): Record<string, string> {
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
}

/** Params, tags, last metrics, models, datasets and children of a run, as the job page shows them. */
export function runPage(db: Db, workspaceId: number, run: RunRow): RunData {
  const metrics = db.all<{ key: string; value: number | null; step: number; timestamp: number }>(
    `SELECT k.key, m.value, m.step, m.timestamp FROM latest_metrics m JOIN metric_keys k ON k.id = m.key_id
     WHERE m.run_id = ? ORDER BY k.key`,
    run.id,
  );
  const children = db.all<{ name: string; display_name: string; status: string }>(
    "SELECT name, display_name, status FROM runs WHERE parent_id = ? AND lifecycle_stage = 'active' ORDER BY id",
    run.id,
  );
  return {
    params: recordOf(db.all("SELECT key, value FROM params WHERE run_id = ? ORDER BY key", run.id)),
    tags: recordOf(db.all("SELECT key, value FROM tags WHERE run_id = ? ORDER BY key", run.id)),
    metrics: Object.fromEntries(
      metrics.map(({ key, value, step, timestamp }) => [key, { value: wireDouble(value), step, timestamp }]),
    ),
    logged_models: db.all(
      `SELECT model_id, name, status FROM logged_models
       WHERE workspace_id = ? AND source_run_id = ? AND lifecycle_stage = 'active' ORDER BY id`,
      workspaceId,
      run.name,
    ),
    datasets: db.all(
      `SELECT d.name, d.digest, i.context FROM run_datasets i JOIN datasets d ON d.id = i.dataset_id
       WHERE i.run_id = ? ORDER BY d.name`,
      run.id,
    ),
    child_runs: children.map((child) => ({ ...child, status: jobStatusOf(child.status) })),
  };
}
