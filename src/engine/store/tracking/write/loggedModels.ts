import { randomBytes } from "node:crypto";
import { invalidParameter, mlflowFault } from "../../../core/mlflow/fault.ts";
import {
  field,
  invalidValue,
  keyValues,
  missing,
  optionalString,
  requiredString,
  type Fields,
  type KeyValue,
} from "../../../core/mlflow/fields.ts";
import { checkLoggedModelName } from "../../../core/mlflow/names.ts";
import { randomName } from "../../../core/mlflow/randomName.ts";
import type { Db } from "../../database.ts";
import type { WriteContext, WriteOperation } from "../context.ts";
import { checkExperimentActive, experimentOf } from "../experiments.ts";
import { loggedModelById, loggedModelOf, loggedModelToWire, type LoggedModelRow } from "../loggedModels.ts";
import { findRun, underLocation } from "../runs.ts";

const statuses: Readonly<Record<string, string>> = {
  LOGGED_MODEL_PENDING: "LOGGED_MODEL_PENDING",
  LOGGED_MODEL_READY: "LOGGED_MODEL_READY",
  LOGGED_MODEL_UPLOAD_FAILED: "LOGGED_MODEL_UPLOAD_FAILED",
  1: "LOGGED_MODEL_PENDING",
  2: "LOGGED_MODEL_READY",
  3: "LOGGED_MODEL_UPLOAD_FAILED",
};

function modelStatus(fields: Fields): string {
  const value = field(fields, "status");
  if (value === undefined) throw missing("status");
  const status = statuses[String(value)];
  if (!status) throw invalidParameter(invalidValue("status", value));
  return status;
}

function putParams(db: Db, id: number, params: readonly KeyValue[]): void {
  for (const { key, value } of params) {
    db.run(
      `INSERT INTO logged_model_params (model_id, key, value) VALUES (?, ?, ?)
       ON CONFLICT (model_id, key) DO UPDATE SET value = excluded.value`,
      id,
      key,
      value,
    );
  }
}

function putTags(db: Db, id: number, tags: readonly KeyValue[]): void {
  for (const { key, value } of tags) {
    db.run(
      `INSERT INTO logged_model_tags (model_id, key, value) VALUES (?, ?, ?)
       ON CONFLICT (model_id, key) DO UPDATE SET value = excluded.value`,
      id,
      key,
      value,
    );
  }
}

function touch(context: WriteContext, model: LoggedModelRow): void {
  if (model.source_run_id && findRun(context.db, context.workspaceId, model.source_run_id)) {
    context.touched.run = model.source_run_id;
  }
}

function model(context: WriteContext): LoggedModelRow {
  return loggedModelOf(context.db, context.workspaceId, context.path["model_id"] ?? "", { deletedToo: true });
}

export const createLoggedModel: WriteOperation = (context) => {
  const { db, fields, workspaceId, now, actor } = context;
  const name = optionalString(fields, "name") || undefined;
  checkLoggedModelName(name);
  const params = keyValues(fields, "params");
  const tags = keyValues(fields, "tags");
  const experiment = experimentOf(db, workspaceId, requiredString(fields, "experiment_id"));
  checkExperimentActive(experiment);
  const modelId = context.minted.model_id ?? `m-${randomBytes(16).toString("hex")}`;
  const { changes, lastInsertRowid } = db.run(
    `INSERT OR IGNORE INTO logged_models (workspace_id, model_id, experiment_id, name, artifact_uri, creation_time,
       last_updated_time, status, model_type, source_run_id, owner, actor)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'LOGGED_MODEL_PENDING', ?, ?, ?, ?)`,
    workspaceId,
    modelId,
    experiment.id,
    name ?? randomName(),
    underLocation(experiment.artifact_location, `models/${modelId}/artifacts`),
    now,
    now,
    optionalString(fields, "model_type") ?? null,
    optionalString(fields, "source_run_id") || null,
    actor,
    actor,
  );
  if (changes === 0)
    throw mlflowFault("RESOURCE_ALREADY_EXISTS", `A logged model with ID '${modelId}' exists already.`);
  const id = Number(lastInsertRowid);
  putParams(db, id, params);
  putTags(db, id, tags);
  const created = loggedModelById(db, id);
  touch(context, created);
  return { model: loggedModelToWire(db, created) };
};

export const finalizeLoggedModel: WriteOperation = (context) => {
  const status = modelStatus(context.fields);
  const found = model(context);
  context.db.run(
    "UPDATE logged_models SET status = ?, last_updated_time = ?, actor = ? WHERE id = ?",
    status,
    context.now,
    context.actor,
    found.id,
  );
  touch(context, found);
  return { model: loggedModelToWire(context.db, loggedModelById(context.db, found.id)) };
};

export const deleteLoggedModel: WriteOperation = (context) => {
  const found = model(context);
  context.db.run(
    "UPDATE logged_models SET lifecycle_stage = 'deleted', last_updated_time = ?, actor = ? WHERE id = ?",
    context.now,
    context.actor,
    found.id,
  );
  touch(context, found);
  return {};
};

export const logLoggedModelParams: WriteOperation = (context) => {
  const params = keyValues(context.fields, "params");
  const found = model(context);
  putParams(context.db, found.id, params);
  touch(context, found);
  return {};
};

export const setLoggedModelTags: WriteOperation = (context) => {
  const tags = keyValues(context.fields, "tags");
  const found = model(context);
  putTags(context.db, found.id, tags);
  touch(context, found);
  return {};
};

export const deleteLoggedModelTag: WriteOperation = (context) => {
  const key = context.path["key"] ?? "";
  const found = model(context);
  const { changes } = context.db.run("DELETE FROM logged_model_tags WHERE model_id = ? AND key = ?", found.id, key);
  if (changes === 0) {
    throw mlflowFault(
      "RESOURCE_DOES_NOT_EXIST",
      `No tag with key '${key}' found for model with ID '${found.model_id}'.`,
    );
  }
  touch(context, found);
  return {};
};
