import type {
  ForeignDataset,
  ForeignExperiment,
  ForeignModel,
  ForeignModelPoint,
  ForeignRun,
  Pair,
  Points,
} from "../../core/mlflow/foreign.ts";
import { invalidParameter } from "../../core/mlflow/fault.ts";
import type { Db } from "../database.ts";
import { findExperimentByName, insertExperiment } from "./experiments.ts";
import { keyId, storable, writeMetrics, type MetricPoint } from "./metricWriter.ts";
import { findRun, insertRun, underLocation } from "./runs.ts";

/** A file whose bytes are stored already, relative to the artifacts of its run or model. */
export interface ImportedFile {
  path: string;
  sha256: string;
  bytes: number;
}

interface Writing {
  workspaceId: number;
  actor: string;
  now: number;
}

/** The experiment of a name, made as it was over there when there is none. Answers with its row id. */
export function importExperiment(db: Db, from: ForeignExperiment, writing: Writing): { id: number; added: boolean } {
  const found = findExperimentByName(db, writing.workspaceId, from.name);
  const experiment = found ?? insertExperiment(db, { ...writing, name: from.name });
  if (!found) {
    db.run(
      "UPDATE experiments SET lifecycle_stage = ?, creation_time = ?, last_update_time = ? WHERE id = ?",
      from.lifecycle,
      from.creationTime ?? writing.now,
      from.lastUpdateTime ?? from.creationTime ?? writing.now,
      experiment.id,
    );
  }
  addPairs(db, "experiment_tags", "experiment_id", experiment.id, from.tags);
  return { id: experiment.id, added: !found };
}

/** Adds pairs whose keys are new. The names of table and column are texts of this module. */
function addPairs(db: Db, table: string, link: string, id: number, pairs: readonly Pair[]): number {
  let added = 0;
  for (const [key, value] of pairs) {
    added += db.run(`INSERT OR IGNORE INTO ${table} (${link}, key, value) VALUES (?, ?, ?)`, id, key, value).changes;
  }
  return added;
}

/** Whether files of this location are kept here: all but those in a store of objects, which stay where they are. */
function ownLocation(uri: string, own: string): string {
  return /^(s3|gs|wasbs?|abfss?|adl|azureml|dbfs|hdfs|viewfs|ftp|sftp|https?|r2|b2):/i.test(uri) ? uri : own;
}

export interface Imported {
  added: boolean;
  /** What was new: points, params, tags, datasets, links, files. */
  changes: number;
  points: number;
  files: number;
}

/**
 * Takes a run over, all of it in the transaction of the caller. Of a run that is there already only what is new is
 * added: what was changed here stays. Throws when it is there under another experiment.
 */
export function importRun(
  db: Db,
  from: Omit<ForeignRun, "files">,
  files: readonly ImportedFile[],
  options: Writing & { experimentId: number },
): Imported {
  const { workspaceId, experimentId, now } = options;
  const found = findRun(db, workspaceId, from.id);
  if (found && found.experiment_id !== experimentId) {
    throw invalidParameter(`A run of this id is in the experiment ${found.experiment_number} here.`);
  }
  const run = found ?? newRun(db, from, options);
  let changes = found ? updateEnd(db, run, from) : 1;
  const points = addPoints(db, run.id, from.points);
  changes += points;
  changes += addPairs(db, "params", "run_id", run.id, from.params);
  changes += addPairs(db, "tags", "run_id", run.id, from.tags);
  for (const dataset of from.datasets) changes += addDataset(db, run.id, experimentId, dataset);
  for (const { direction, id, step } of from.models) {
    const sql = "INSERT OR IGNORE INTO run_models (run_id, direction, model_id, step) VALUES (?, ?, ?, ?)";
    changes += db.run(sql, run.id, direction, id, step).changes;
  }
  const added = addFiles(db, workspaceId, run.artifact_uri, files, now);
  return { added: !found, changes: changes + added, points, files: added };
}

function newRun(db: Db, from: Omit<ForeignRun, "files">, options: Writing & { experimentId: number }) {
  const { experimentId } = options;
  const experiment = db.get<{ artifact_location: string }>(
    "SELECT artifact_location FROM experiments WHERE id = ?",
    experimentId,
  );
  const run = insertRun(db, {
    ...options,
    name: from.id,
    experiment: { id: experimentId, artifact_location: experiment?.artifact_location ?? "" },
    displayName: from.name || from.id,
    user: from.user,
    status: from.status,
    startTime: from.startTime,
    tags: from.tags.map(([key, value]) => ({ key, value })),
  });
  run.artifact_uri = ownLocation(from.artifactUri, run.artifact_uri);
  db.run(
    "UPDATE runs SET end_time = ?, lifecycle_stage = ?, deleted_time = ?, artifact_uri = ?, created_at = ? WHERE id = ?",
    from.endTime,
    from.lifecycle,
    from.lifecycle === "deleted" ? (from.deletedTime ?? options.now) : null,
    run.artifact_uri,
    from.startTime > 0 ? from.startTime : options.now,
    run.id,
  );
  return run;
}

/** Runs may have come before their parents: those that name one that is here now get it. */
export function linkParents(db: Db, workspaceId: number): void {
  db.run(
    `UPDATE runs SET parent_id = (
       SELECT p.id FROM tags t JOIN runs p ON p.workspace_id = runs.workspace_id AND p.name = t.value
       WHERE t.run_id = runs.id AND t.key = 'mlflow.parentRunId')
     WHERE workspace_id = ? AND parent_id IS NULL
       AND EXISTS (SELECT 1 FROM tags t WHERE t.run_id = runs.id AND t.key = 'mlflow.parentRunId')`,
    workspaceId,
  );
}

/** A run that was going on at the last import may have ended since. */
function updateEnd(db: Db, run: { id: number }, from: Omit<ForeignRun, "files">): number {
  if (from.status === "RUNNING" || from.status === "SCHEDULED") return 0;
  return db.run(
    `UPDATE runs SET status = ?, end_time = coalesce(?, end_time)
     WHERE id = ? AND status IN ('RUNNING', 'SCHEDULED') AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.run_id = runs.id)`,
    from.status,
    from.endTime,
    run.id,
  ).changes;
}

/** Rows in one statement: a quarter of the time of one row each. */
const rowsAtOnce = 64;
const insertPoint = "INSERT OR IGNORE INTO metrics (run_id, key_id, timestamp, step, value) VALUES (?, ?, ?, ?, ?)";
const insertPoints = insertPoint + ", (?, ?, ?, ?, ?)".repeat(rowsAtOnce - 1);

/** Adds the points of a run and keeps its latest values. Answers how many were new. */
function addPoints(db: Db, runId: number, points: Points): number {
  const { timestamps, steps, values } = points;
  const latest: MetricPoint[] = [];
  let added = 0;
  let at = 0;
  for (const [index, key] of points.keys.entries()) {
    const id = keyId(db, key);
    const end = at + (points.counts[index] ?? 0);
    let newest = at;
    for (let row = at; row < end; row++) if (isNewer(points, row, newest)) newest = row;
    if (end > at) latest.push(pointAt(points, newest, key));
    while (at < end) {
      const count = end - at >= rowsAtOnce ? rowsAtOnce : 1;
      const bound: unknown[] = [];
      for (const last = at + count; at < last; at++) {
        bound.push(runId, id, timestamps[at], steps[at], storable(values[at] as number));
      }
      added += db.prepareCached(count === 1 ? insertPoint : insertPoints).run(...bound).changes;
    }
  }
  writeMetrics(db, runId, latest);
  return added;
}

function isNewer({ steps, timestamps, values }: Points, row: number, than: number): boolean {
  const [step, other] = [steps[row] as number, steps[than] as number];
  if (step !== other) return step > other;
  const [time, otherTime] = [timestamps[row] as number, timestamps[than] as number];
  return time === otherTime ? (values[row] as number) > (values[than] as number) : time > otherTime;
}

function pointAt({ steps, timestamps, values }: Points, row: number, key: string): MetricPoint {
  return { key, timestamp: timestamps[row] as number, step: steps[row] as number, value: values[row] as number };
}

function addDataset(db: Db, runId: number, experimentId: number, dataset: ForeignDataset): number {
  const { name, digest } = dataset;
  const values = [dataset.sourceType, dataset.source, dataset.schema, dataset.profile];
  db.run(
    `INSERT OR IGNORE INTO datasets (experiment_id, name, digest, source_type, source, schema, profile)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    experimentId,
    name,
    digest,
    ...values,
  );
  return db.run(
    `INSERT OR IGNORE INTO run_datasets (run_id, dataset_id, context, tags)
     SELECT ?, id, ?, ? FROM datasets WHERE experiment_id = ? AND name = ? AND digest = ?`,
    runId,
    dataset.tags.find(([key]) => key === "mlflow.data.context")?.[1] ?? null,
    JSON.stringify(dataset.tags.map(([key, value]) => ({ key, value }))),
    experimentId,
    name,
    digest,
  ).changes;
}

function addFiles(db: Db, workspaceId: number, uri: string, files: readonly ImportedFile[], now: number): number {
  if (!uri.startsWith("mlflow-artifacts:")) return 0;
  const root = uri.slice("mlflow-artifacts:".length).replace(/^\/+/, "").replace(/\/+$/, "");
  let added = 0;
  for (const { path, sha256, bytes } of files) {
    added += db.run(
      "INSERT OR IGNORE INTO artifacts (workspace_id, path, sha256, bytes, modified_at) VALUES (?, ?, ?, ?, ?)",
      workspaceId,
      `${root}/${path}`,
      sha256,
      bytes,
      now,
    ).changes;
  }
  return added;
}

/** Takes a logged model over; of one that is there already only what is new is added. */
export function importModel(
  db: Db,
  from: Omit<ForeignModel, "files">,
  files: readonly ImportedFile[],
  options: Writing & { experimentId: number },
): Imported {
  const { workspaceId, experimentId, actor, now } = options;
  const location = db.get<{ artifact_location: string }>(
    "SELECT artifact_location FROM experiments WHERE id = ?",
    experimentId,
  )?.artifact_location;
  const own = underLocation(location ?? "", `models/${from.id}/artifacts`);
  const inserted = db.run(
    `INSERT OR IGNORE INTO logged_models (workspace_id, model_id, experiment_id, name, artifact_uri, creation_time,
       last_updated_time, status, lifecycle_stage, model_type, source_run_id, owner, actor)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    workspaceId,
    from.id,
    experimentId,
    from.name,
    ownLocation(from.artifactUri, own),
    from.creationTime,
    from.lastUpdatedTime,
    from.status,
    from.lifecycle,
    from.modelType,
    from.sourceRunId,
    actor,
    actor,
  );
  const model = db.get<{ id: number; artifact_uri: string }>(
    "SELECT id, artifact_uri FROM logged_models WHERE workspace_id = ? AND model_id = ?",
    workspaceId,
    from.id,
  ) as { id: number; artifact_uri: string };
  let changes = inserted.changes;
  changes += addPairs(db, "logged_model_params", "model_id", model.id, from.params);
  changes += addPairs(db, "logged_model_tags", "model_id", model.id, from.tags);
  for (const point of from.points) changes += addModelPoint(db, workspaceId, model.id, point);
  const added = addFiles(db, workspaceId, model.artifact_uri, files, now);
  return { added: inserted.changes > 0, changes: changes + added, points: 0, files: added };
}

function addModelPoint(db: Db, workspaceId: number, modelId: number, point: ForeignModelPoint): number {
  const run = findRun(db, workspaceId, point.runId);
  if (!run) throw invalidParameter(`Its metric ${point.key} belongs to a run that is not here: ${point.runId}.`);
  return db.run(
    `INSERT OR IGNORE INTO logged_model_metrics
       (model_id, key_id, timestamp, step, run_id, value, dataset_name, dataset_digest)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    modelId,
    keyId(db, point.key),
    point.timestamp,
    point.step,
    run.id,
    storable(point.value),
    point.datasetName,
    point.datasetDigest,
  ).changes;
}
