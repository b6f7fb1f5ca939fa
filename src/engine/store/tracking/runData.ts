import type { Db } from "../database.ts";
import { runInfo, type RunRow } from "./runs.ts";

/** A double as JSON can carry it. */
export function wireDouble(value: number | string | null): number | string {
  return typeof value === "number" ? value : "NaN";
}

/** A list under its name, or nothing: the wire omits what is empty. */
function unlessEmpty<T>(name: string, list: readonly T[]): Record<string, readonly T[]> {
  return list.length > 0 ? { [name]: list } : {};
}

interface KeyValueRow {
  key: string;
  value: string;
}

function runDataObject(db: Db, runId: number): Record<string, unknown> {
  const metrics = db.all<{ key: string; value: number | null; timestamp: number; step: number }>(
    `SELECT k.key, m.value, m.timestamp, m.step FROM latest_metrics m JOIN metric_keys k ON k.id = m.key_id
     WHERE m.run_id = ?`,
    runId,
  );
  for (const metric of metrics) if (metric.value === null) (metric as { value: unknown }).value = "NaN";
  const params = db.all<KeyValueRow>("SELECT key, value FROM params WHERE run_id = ?", runId);
  const tags = db.all<KeyValueRow>("SELECT key, value FROM tags WHERE run_id = ?", runId);
  return { ...unlessEmpty("metrics", metrics), ...unlessEmpty("params", params), ...unlessEmpty("tags", tags) };
}

interface DatasetRow {
  name: string;
  digest: string;
  source_type: string;
  source: string;
  schema: string | null;
  profile: string | null;
  tags: string;
}

function datasetInputs(db: Db, runId: number): Record<string, unknown>[] {
  const rows = db.all<DatasetRow>(
    `SELECT d.name, d.digest, d.source_type, d.source, d.schema, d.profile, i.tags
     FROM run_datasets i JOIN datasets d ON d.id = i.dataset_id WHERE i.run_id = ?`,
    runId,
  );
  return rows.map(({ tags, schema, profile, ...dataset }) => ({
    ...unlessEmpty("tags", JSON.parse(tags) as KeyValueRow[]),
    dataset: { ...dataset, ...(schema === null ? {} : { schema }), ...(profile === null ? {} : { profile }) },
  }));
}

/** A whole run as the wire shows it. */
export function runToWire(db: Db, run: RunRow): Record<string, unknown> {
  const models = db.all<{ direction: string; model_id: string; step: number }>(
    "SELECT direction, model_id, step FROM run_models WHERE run_id = ?",
    run.id,
  );
  const inputs = models.filter((model) => model.direction === "input").map(({ model_id }) => ({ model_id }));
  const outputs = models.filter((model) => model.direction === "output");
  const outputObjects = outputs.map(({ model_id, step }) => ({ model_id, step }));
  return {
    info: runInfo(run),
    data: runDataObject(db, run.id),
    inputs: { ...unlessEmpty("dataset_inputs", datasetInputs(db, run.id)), ...unlessEmpty("model_inputs", inputs) },
    outputs: unlessEmpty("model_outputs", outputObjects),
  };
}
