import { invalidParameter, mlflowFault } from "../../../core/mlflow/fault.ts";
import { keyValues, optionalString, requiredString } from "../../../core/mlflow/fields.ts";
import { limits } from "../../../core/mlflow/limits.ts";
import { checkExperimentName, checkKey, checkLength } from "../../../core/mlflow/names.ts";
import type { WriteContext, WriteOperation } from "../context.ts";
import {
  checkExperimentActive,
  experimentOf,
  findExperimentByName,
  insertExperiment,
  type ExperimentRow,
} from "../experiments.ts";

function checkedTag(key: string, value: string): void {
  checkKey(key, "key");
  checkLength("key", limits.key, key);
  checkLength("value", limits.experimentTagValue, value);
}

function putTag(context: WriteContext, experiment: ExperimentRow, key: string, value: string): void {
  context.db.run(
    `INSERT INTO experiment_tags (experiment_id, key, value) VALUES (?, ?, ?)
     ON CONFLICT (experiment_id, key) DO UPDATE SET value = excluded.value`,
    experiment.id,
    key,
    value,
  );
}

/** A location is kept as it is given; one that could lead elsewhere is refused. */
function checkLocation(location: string | undefined): string | undefined {
  if (location === undefined || location === "") return undefined;
  let decoded = location;
  for (let round = 0; round < 5; round++) {
    try {
      decoded = decodeURIComponent(decoded);
    } catch {
      break;
    }
  }
  if (/[#\\\p{Cc}]/u.test(decoded) || decoded.split(/[/?&=]/).includes("..")) {
    throw invalidParameter(`Invalid artifact location: '${location}'.`);
  }
  if (/^mlflow-artifacts:(?!\/+[^/])/.test(decoded)) {
    throw invalidParameter(`Invalid artifact location: '${location}'. A path must follow the scheme.`);
  }
  return location;
}

function setLifecycle(context: WriteContext, experiment: ExperimentRow, stage: "active" | "deleted"): void {
  const { db, now } = context;
  db.run(
    "UPDATE experiments SET lifecycle_stage = ?, last_update_time = ?, actor = ? WHERE id = ?",
    stage,
    now,
    context.actor,
    experiment.id,
  );
  db.run(
    "UPDATE runs SET lifecycle_stage = ?, deleted_time = ? WHERE experiment_id = ?",
    stage,
    stage === "deleted" ? now : null,
    experiment.id,
  );
}

export const createExperiment: WriteOperation = (context) => {
  const { fields } = context;
  const name = checkExperimentName(requiredString(fields, "name"));
  const artifactLocation = checkLocation(optionalString(fields, "artifact_location"));
  const tags = keyValues(fields, "tags");
  for (const tag of tags) checkedTag(tag.key, tag.value);
  const experiment = insertExperiment(context.db, {
    workspaceId: context.workspaceId,
    name,
    ...(artifactLocation === undefined ? {} : { artifactLocation }),
    actor: context.actor,
    now: context.now,
  });
  for (const tag of tags) putTag(context, experiment, tag.key, tag.value);
  return { experiment_id: String(experiment.number) };
};

export const updateExperiment: WriteOperation = (context) => {
  const { db, fields, workspaceId } = context;
  const experiment = experimentOf(db, workspaceId, requiredString(fields, "experiment_id"));
  const newName = checkExperimentName(requiredString(fields, "new_name"));
  if (experiment.lifecycle_stage !== "active") {
    throw mlflowFault("INVALID_STATE", "Cannot rename a non-active experiment.");
  }
  if (newName !== experiment.name && findExperimentByName(db, workspaceId, newName)) {
    throw mlflowFault("RESOURCE_ALREADY_EXISTS", `Experiment(name=${newName}) already exists.`);
  }
  db.run(
    "UPDATE experiments SET name = ?, last_update_time = ?, actor = ? WHERE id = ?",
    newName,
    context.now,
    context.actor,
    experiment.id,
  );
  return {};
};

export const deleteExperiment: WriteOperation = (context) => {
  const id = requiredString(context.fields, "experiment_id");
  const experiment = experimentOf(context.db, context.workspaceId, id);
  if (experiment.lifecycle_stage !== "active") {
    throw mlflowFault("RESOURCE_DOES_NOT_EXIST", `No Experiment with id=${id} exists`);
  }
  setLifecycle(context, experiment, "deleted");
  return {};
};

export const restoreExperiment: WriteOperation = (context) => {
  const id = requiredString(context.fields, "experiment_id");
  const experiment = experimentOf(context.db, context.workspaceId, id);
  if (experiment.lifecycle_stage !== "deleted") {
    throw mlflowFault("RESOURCE_DOES_NOT_EXIST", `No Experiment with id=${id} exists`);
  }
  setLifecycle(context, experiment, "active");
  return {};
};

export const setExperimentTag: WriteOperation = (context) => {
  const { fields } = context;
  const id = requiredString(fields, "experiment_id");
  const key = requiredString(fields, "key");
  const value = optionalString(fields, "value") ?? "";
  checkedTag(key, value);
  const experiment = experimentOf(context.db, context.workspaceId, id);
  checkExperimentActive(experiment);
  putTag(context, experiment, key, value);
  return {};
};

export const deleteExperimentTag: WriteOperation = (context) => {
  const { db, fields } = context;
  const id = requiredString(fields, "experiment_id");
  const key = requiredString(fields, "key");
  const experiment = experimentOf(db, context.workspaceId, id);
  checkExperimentActive(experiment);
  const { changes } = db.run("DELETE FROM experiment_tags WHERE experiment_id = ? AND key = ?", experiment.id, key);
  if (changes === 0) {
    throw mlflowFault("RESOURCE_DOES_NOT_EXIST", `No tag with name: ${key} in experiment with id ${id}`);
  }
  return {};
};
