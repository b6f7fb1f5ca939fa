import { mlflowFault } from "../../core/mlflow/fault.ts";
import type { Db } from "../database.ts";
import { wireDouble } from "./runData.ts";

export interface LoggedModelRow {
  id: number;
  model_id: string;
  experiment_number: number;
  experiment_id: number;
  name: string;
  artifact_uri: string;
  creation_time: number;
  last_updated_time: number;
  status: string;
  lifecycle_stage: string;
  model_type: string | null;
  source_run_id: string | null;
}

const columns = `m.id, m.model_id, e.number AS experiment_number, m.experiment_id, m.name, m.artifact_uri,
  m.creation_time, m.last_updated_time, m.status, m.lifecycle_stage, m.model_type, m.source_run_id`;

export function loggedModelById(db: Db, id: number): LoggedModelRow {
  return db.get<LoggedModelRow>(
    `SELECT ${columns} FROM logged_models m JOIN experiments e ON e.id = m.experiment_id WHERE m.id = ?`,
    id,
  ) as LoggedModelRow;
}

export function loggedModelOf(
  db: Db,
  workspaceId: number,
  modelId: string,
  options: { deletedToo: boolean },
): LoggedModelRow {
  const model = db.get<LoggedModelRow>(
    `SELECT ${columns} FROM logged_models m JOIN experiments e ON e.id = m.experiment_id
     WHERE m.workspace_id = ? AND m.model_id = ?`,
    workspaceId,
    modelId,
  );
  if (!model || (model.lifecycle_stage === "deleted" && !options.deletedToo)) {
    throw mlflowFault("RESOURCE_DOES_NOT_EXIST", `Logged model with ID '${modelId}' not found.`);
  }
  return model;
}

interface ModelMetricRow {
  key: string;
  value: number | string;
  timestamp: number;
  step: number;
  run_id: string;
  dataset_name: string | null;
  dataset_digest: string | null;
}

/** A logged model as the wire shows it. */
export function loggedModelToWire(db: Db, model: LoggedModelRow): Record<string, unknown> {
  const tags = db.all("SELECT key, value FROM logged_model_tags WHERE model_id = ?", model.id);
  const params = db.all("SELECT key, value FROM logged_model_params WHERE model_id = ?", model.id);
  const metrics = db.all<ModelMetricRow>(
    `SELECT k.key, m.value, m.timestamp, m.step, r.name AS run_id, m.dataset_name, m.dataset_digest
     FROM logged_model_metrics m JOIN metric_keys k ON k.id = m.key_id JOIN runs r ON r.id = m.run_id
     WHERE m.model_id = ?`,
    model.id,
  );
  const wireMetrics = metrics.map((metric) => ({
    key: metric.key,
    value: wireDouble(metric.value),
    timestamp: metric.timestamp,
    step: metric.step,
    ...(metric.dataset_name === null ? {} : { dataset_name: metric.dataset_name }),
    ...(metric.dataset_digest === null ? {} : { dataset_digest: metric.dataset_digest }),
    model_id: model.model_id,
    run_id: metric.run_id,
  }));
  return {
    info: {
      model_id: model.model_id,
      experiment_id: String(model.experiment_number),
      name: model.name,
      creation_timestamp_ms: model.creation_time,
      last_updated_timestamp_ms: model.last_updated_time,
      artifact_uri: model.artifact_uri,
      status: model.status,
      ...(model.model_type === null ? {} : { model_type: model.model_type }),
      ...(model.source_run_id === null ? {} : { source_run_id: model.source_run_id }),
      ...(tags.length > 0 ? { tags } : {}),
    },
    data: {
      ...(params.length > 0 ? { params } : {}),
      ...(wireMetrics.length > 0 ? { metrics: wireMetrics } : {}),
    },
  };
}
