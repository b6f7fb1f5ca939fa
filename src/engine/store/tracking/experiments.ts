import { invalidParameter, mlflowFault } from "../../core/mlflow/fault.ts";
import { experimentNumber } from "../../core/mlflow/names.ts";
import type { Db } from "../database.ts";

export interface ExperimentRow {
  id: number;
  number: number;
  name: string;
  artifact_location: string;
  lifecycle_stage: "active" | "deleted";
  creation_time: number;
  last_update_time: number;
}

const columns = "id, number, name, artifact_location, lifecycle_stage, creation_time, last_update_time";

export function findExperiment(db: Db, workspaceId: number, number: number): ExperimentRow | undefined {
  return db.get<ExperimentRow>(
    `SELECT ${columns} FROM experiments WHERE workspace_id = ? AND number = ?`,
    workspaceId,
    number,
  );
}

export function findExperimentByName(db: Db, workspaceId: number, name: string): ExperimentRow | undefined {
  return db.get<ExperimentRow>(
    `SELECT ${columns} FROM experiments WHERE workspace_id = ? AND name = ?`,
    workspaceId,
    name,
  );
}

/** The experiment of an id as it stands in a request. Throws RESOURCE_DOES_NOT_EXIST. */
export function experimentOf(db: Db, workspaceId: number, id: string): ExperimentRow {
  const experiment = findExperiment(db, workspaceId, experimentNumber(id));
  if (!experiment) throw mlflowFault("RESOURCE_DOES_NOT_EXIST", `No Experiment with id=${id} exists`);
  return experiment;
}

export function checkExperimentActive(experiment: ExperimentRow): void {
  if (experiment.lifecycle_stage === "active") return;
  throw invalidParameter(
    `The experiment ${experiment.number} must be in the 'active' state. Current state is ${experiment.lifecycle_stage}.`,
  );
}

/** Adds an experiment; the caller has checked its name. Throws RESOURCE_ALREADY_EXISTS, for deleted ones too. */
export function insertExperiment(
  db: Db,
  experiment: { workspaceId: number; name: string; artifactLocation?: string; actor: string; now: number },
): ExperimentRow {
  const { workspaceId, name, actor, now } = experiment;
  const taken = findExperimentByName(db, workspaceId, name);
  if (taken) {
    const deleted = taken.lifecycle_stage === "deleted" ? " It is deleted: restore it, or choose another name." : "";
    throw mlflowFault("RESOURCE_ALREADY_EXISTS", `Experiment(name=${name}) already exists.${deleted}`);
  }
  const last = db.get<{ number: number }>(
    "SELECT coalesce(max(number), 0) AS number FROM experiments WHERE workspace_id = ?",
    workspaceId,
  );
  const number = (last?.number ?? 0) + 1;
  db.run(
    `INSERT INTO experiments
       (workspace_id, number, name, artifact_location, creation_time, last_update_time, owner, actor)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    workspaceId,
    number,
    name,
    experiment.artifactLocation || `mlflow-artifacts:/${number}`,
    now,
    now,
    actor,
    actor,
  );
  return findExperiment(db, workspaceId, number) as ExperimentRow;
}

/** An experiment as the wire shows it. */
export function experimentToWire(db: Db, row: ExperimentRow): Record<string, unknown> {
  const tags = db.all<{ key: string; value: string }>(
    "SELECT key, value FROM experiment_tags WHERE experiment_id = ? ORDER BY key",
    row.id,
  );
  return {
    experiment_id: String(row.number),
    name: row.name,
    artifact_location: row.artifact_location,
    lifecycle_stage: row.lifecycle_stage,
    last_update_time: row.last_update_time,
    creation_time: row.creation_time,
    ...(tags.length > 0 ? { tags } : {}),
  };
}
