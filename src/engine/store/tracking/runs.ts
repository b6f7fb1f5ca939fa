import { invalidParameter, mlflowFault } from "../../core/mlflow/fault.ts";
import type { Db } from "../database.ts";

export interface RunRow {
  id: number;
  name: string;
  experiment_id: number;
  experiment_number: number;
  display_name: string;
  user_id: string;
  status: string;
  start_time: number;
  end_time: number | null;
  lifecycle_stage: "active" | "deleted";
  artifact_uri: string;
}

const runColumns = `r.id, r.name, r.experiment_id, e.number AS experiment_number, r.display_name, r.user_id, r.status,
  r.start_time, r.end_time, r.lifecycle_stage, r.artifact_uri`;

export function findRun(db: Db, workspaceId: number, name: string): RunRow | undefined {
  return db.get<RunRow>(
    `SELECT ${runColumns} FROM runs r JOIN experiments e ON e.id = r.experiment_id
     WHERE r.workspace_id = ? AND r.name = ?`,
    workspaceId,
    name,
  );
}

export function runById(db: Db, id: number): RunRow {
  return db.get<RunRow>(
    `SELECT ${runColumns} FROM runs r JOIN experiments e ON e.id = r.experiment_id WHERE r.id = ?`,
    id,
  ) as RunRow;
}

function noSuchRun(name: string) {
  return mlflowFault("RESOURCE_DOES_NOT_EXIST", `Run with id=${name} not found`);
}

export function runOf(db: Db, workspaceId: number, name: string): RunRow {
  const run = findRun(db, workspaceId, name);
  if (!run) throw noSuchRun(name);
  return run;
}

function checkActive(run: { name: string; lifecycle_stage: string }): void {
  if (run.lifecycle_stage === "active") return;
  throw invalidParameter(`The run ${run.name} must be in the 'active' state. Current state is ${run.lifecycle_stage}.`);
}

export function activeRunOf(db: Db, workspaceId: number, name: string): RunRow {
  const run = runOf(db, workspaceId, name);
  checkActive(run);
  return run;
}

/** What logging needs to know of a run: one lookup, nothing more. */
export interface LogTarget {
  id: number;
  name: string;
  lifecycle_stage: string;
}

export function logTarget(db: Db, workspaceId: number, name: string): LogTarget {
  const run = db.get<LogTarget>(
    "SELECT id, name, lifecycle_stage FROM runs WHERE workspace_id = ? AND name = ?",
    workspaceId,
    name,
  );
  if (!run) throw noSuchRun(name);
  checkActive(run);
  return run;
}

export interface NewRun {
  workspaceId: number;
  /** MLflow's run_id and, for a job, its name. */
  name: string;
  experiment: { id: number; artifact_location: string };
  displayName: string;
  user: string;
  status: string;
  startTime: number;
  tags: readonly { key: string; value: string }[];
  actor: string;
  now: number;
}

/** Joins a path to a location, before any query that the location carries. */
export function underLocation(location: string, path: string): string {
  const query = location.indexOf("?");
  const base = query < 0 ? location : location.slice(0, query);
  return `${base.replace(/\/+$/, "")}/${path}${query < 0 ? "" : location.slice(query)}`;
}

/** Adds a run with its tags (`mlflow.runName` among them). The name must be free. */
export function insertRun(db: Db, run: NewRun): RunRow {
  const parentTag = run.tags.find((tag) => tag.key === "mlflow.parentRunId")?.value;
  const { lastInsertRowid } = db.run(
    `INSERT INTO runs (workspace_id, name, experiment_id, display_name, user_id, status, start_time, artifact_uri,
       parent_id, owner, actor, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT id FROM runs WHERE workspace_id = ? AND name = ?), ?, ?, ?)`,
    run.workspaceId,
    run.name,
    run.experiment.id,
    run.displayName,
    run.user,
    run.status,
    run.startTime,
    underLocation(run.experiment.artifact_location, `${run.name}/artifacts`),
    run.workspaceId,
    parentTag ?? null,
    run.user || run.actor,
    run.actor,
    run.now,
  );
  const id = Number(lastInsertRowid);
  putTag(db, id, "mlflow.runName", run.displayName);
  for (const tag of run.tags) if (tag.key !== "mlflow.runName") putTag(db, id, tag.key, tag.value);
  return runById(db, id);
}

function putTag(db: Db, runId: number, key: string, value: string): void {
  db.run(
    "INSERT INTO tags (run_id, key, value) VALUES (?, ?, ?) ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value",
    runId,
    key,
    value,
  );
}

/** Sets a tag with what hangs on it: the run's name mirrors `mlflow.runName`, its parent follows `mlflow.parentRunId`. */
export function setRunTag(db: Db, workspaceId: number, runId: number, key: string, value: string): void {
  if (key === "mlflow.runName") {
    if (value === "") return;
    db.run("UPDATE runs SET display_name = ? WHERE id = ?", value, runId);
  } else if (key === "mlflow.parentRunId") {
    db.run(
      "UPDATE runs SET parent_id = (SELECT id FROM runs p WHERE p.workspace_id = ? AND p.name = ?) WHERE id = ?",
      workspaceId,
      value,
      runId,
    );
  }
  putTag(db, runId, key, value);
}

/** `run.info` of the wire. */
export function runInfo(run: RunRow): Record<string, unknown> {
  return {
    run_uuid: run.name,
    experiment_id: String(run.experiment_number),
    run_name: run.display_name,
    user_id: run.user_id,
    status: run.status,
    start_time: run.start_time,
    ...(run.end_time === null ? {} : { end_time: run.end_time }),
    artifact_uri: run.artifact_uri,
    lifecycle_stage: run.lifecycle_stage,
    run_id: run.name,
  };
}
