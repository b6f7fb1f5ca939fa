import { randomBytes } from "node:crypto";
import { runStatus, checkedTag } from "../../../core/mlflow/entries.ts";
import { invalidParameter, mlflowFault } from "../../../core/mlflow/fault.ts";
import { keyValues, optionalInt, optionalString, requiredRunId, requiredString } from "../../../core/mlflow/fields.ts";
import { randomName } from "../../../core/mlflow/randomName.ts";
import type { Db } from "../../database.ts";
import type { WriteOperation } from "../context.ts";
import { checkExperimentActive, experimentOf } from "../experiments.ts";
import { deleteRuns, restoreRuns } from "../lifecycle.ts";
import { runToWire } from "../runData.ts";
import { activeRunOf, findRun, insertRun, logTarget, runById, runInfo, runOf, setRunTag } from "../runs.ts";

export const createRun: WriteOperation = (context) => {
  const { db, fields, workspaceId, minted } = context;
  const startTime = optionalInt(fields, "start_time") ?? 0;
  const given = optionalString(fields, "run_name") || undefined;
  const experiment = experimentOf(db, workspaceId, optionalString(fields, "experiment_id") || "0");
  checkExperimentActive(experiment);
  const tags = keyValues(fields, "tags").map((tag, index) => checkedTag(tag, `tags[${index}].`));
  const named = tags.find((tag) => tag.key === "mlflow.runName")?.value || undefined;
  if (given && named && given !== named) {
    throw invalidParameter(
      "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with " +
        `different values (run_name='${given}', mlflow.runName='${named}').`,
    );
  }
  const name = minted.run_id ?? randomBytes(16).toString("hex");
  if (minted.run_id && findRun(db, workspaceId, minted.run_id)) {
    throw mlflowFault("RESOURCE_ALREADY_EXISTS", `A run with id=${name} exists already.`);
  }
  if (context.job !== null && !tags.some(({ key }) => key === "mlflow.parentRunId")) {
    // A second run of a job's program, after the job's own has ended: on its own it would be lost among the jobs.
    tags.push({ key: "mlflow.parentRunId", value: context.job });
  }
  const run = insertRun(db, {
    workspaceId,
    name,
    experiment,
    displayName: given ?? named ?? randomName(),
    user: optionalString(fields, "user_id") ?? "",
    status: "RUNNING",
    startTime,
    tags,
    actor: context.actor,
    now: context.now,
  });
  context.touched.run = run.name;
  context.touched.status = true;
  const { outputs: _none, ...created } = runToWire(db, run);
  return { run: created };
};

export const updateRun: WriteOperation = (context) => {
  const { db, fields, workspaceId } = context;
  const name = requiredRunId(fields);
  const status = runStatus(fields);
  const endTime = optionalInt(fields, "end_time");
  const runName = optionalString(fields, "run_name");
  const run = activeRunOf(db, workspaceId, name);
  if (status !== undefined || endTime !== undefined) {
    db.run(
      "UPDATE runs SET status = coalesce(?, status), end_time = coalesce(?, end_time), actor = ? WHERE id = ?",
      status ?? null,
      endTime ?? null,
      context.actor,
      run.id,
    );
  }
  if (runName) setRunTag(db, workspaceId, run.id, "mlflow.runName", runName);
  context.touched.run = run.name;
  context.touched.status = true;
  return { run_info: runInfo(runById(db, run.id)) };
};

/** MLflow deletes one run and leaves those that are nested in it; ours go along. What deleting is, is the same. */
function setLifecycle(set: typeof deleteRuns): WriteOperation {
  return (context) => {
    const run = runOf(context.db, context.workspaceId, requiredRunId(context.fields));
    if (set === deleteRuns && isOpenJob(context.db, run.id)) {
      throw invalidParameter(`The run ${run.name} is a job that is not over. Cancel it before you delete it.`);
    }
    set(context.db, [run.id], context);
    context.touched.run = run.name;
    context.touched.status = true;
    return {};
  };
}

function isOpenJob(db: Db, runId: number): boolean {
  return db.get("SELECT 1 FROM jobs WHERE run_id = ? AND ended_at IS NULL", runId) !== undefined;
}

export const deleteRun = setLifecycle(deleteRuns);
export const restoreRun = setLifecycle(restoreRuns);

export const setTag: WriteOperation = (context) => {
  const { db, fields, workspaceId } = context;
  const name = requiredRunId(fields);
  const tag = checkedTag({ key: requiredString(fields, "key"), value: optionalString(fields, "value") ?? "" }, "");
  const run = logTarget(db, workspaceId, name);
  setRunTag(db, workspaceId, run.id, tag.key, tag.value);
  context.touched.run = run.name;
  context.touched.status = tag.key === "mlflow.runName";
  return {};
};

export const deleteTag: WriteOperation = (context) => {
  const { db, fields, workspaceId } = context;
  const name = requiredRunId(fields);
  const key = requiredString(fields, "key");
  const run = logTarget(db, workspaceId, name);
  if (db.run("DELETE FROM tags WHERE run_id = ? AND key = ?", run.id, key).changes === 0) {
    throw mlflowFault("RESOURCE_DOES_NOT_EXIST", `No tag with name: ${key} in run with id ${name}`);
  }
  context.touched.run = run.name;
  return {};
};
