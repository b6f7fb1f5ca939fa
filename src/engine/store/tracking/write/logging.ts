import { batchOf, checkedParam, metricEntry } from "../../../core/mlflow/entries.ts";
import { invalidParameter } from "../../../core/mlflow/fault.ts";
import { optionalString, requiredRunId, requiredString, type KeyValue } from "../../../core/mlflow/fields.ts";
import { checkRunId } from "../../../core/mlflow/names.ts";
import type { Db } from "../../database.ts";
import type { WriteOperation } from "../context.ts";
import { writeMetrics, writeModelMetrics } from "../metricWriter.ts";
import { logTarget, setRunTag } from "../runs.ts";

const nothing = {};

export const logMetric: WriteOperation = (context) => {
  const { db, fields, workspaceId } = context;
  const name = requiredRunId(fields);
  const point = metricEntry(fields, "");
  const run = logTarget(db, workspaceId, name);
  writeMetrics(db, run.id, [point]);
  if (point.model_id) writeModelMetrics(db, workspaceId, run.id, [point]);
  context.touched.run = run.name;
  return nothing;
};

function storedParam(db: Db, runId: number, key: string): string | undefined {
  return db.get<{ value: string }>("SELECT value FROM params WHERE run_id = ? AND key = ?", runId, key)?.value;
}

function insertParam(db: Db, runId: number, param: KeyValue): void {
  db.run("INSERT INTO params (run_id, key, value) VALUES (?, ?, ?)", runId, param.key, param.value);
}

export const logParameter: WriteOperation = (context) => {
  const { db, fields, workspaceId } = context;
  const name = requiredRunId(fields);
  const param = checkedParam({ key: requiredString(fields, "key"), value: optionalString(fields, "value") ?? "" }, "");
  const run = logTarget(db, workspaceId, name);
  const before = storedParam(db, run.id, param.key);
  if (before !== undefined && before !== param.value) {
    throw invalidParameter(
      `Changing param values is not allowed. Param with key='${param.key}' was already logged with value='${before}' ` +
        `for run ID='${name}'. Attempted logging new value '${param.value}'.`,
    );
  }
  if (before === undefined) insertParam(db, run.id, param);
  context.touched.run = run.name;
  return nothing;
};

export const logBatch: WriteOperation = (context) => {
  const { db, fields, workspaceId } = context;
  const name = requiredRunId(fields);
  checkRunId(name);
  const { metrics, params, tags } = batchOf(fields);
  const run = logTarget(db, workspaceId, name);
  logParams(db, run, params);
  writeMetrics(db, run.id, metrics);
  writeModelMetrics(db, workspaceId, run.id, metrics);
  for (const tag of tags) setRunTag(db, workspaceId, run.id, tag.key, tag.value);
  context.touched.run = run.name;
  context.touched.status = tags.some((tag) => tag.key === "mlflow.runName");
  return nothing;
};

function logParams(db: Db, run: { id: number; name: string }, params: readonly KeyValue[]): void {
  const changed: string[] = [];
  for (const param of params) {
    const before = storedParam(db, run.id, param.key);
    if (before === undefined) insertParam(db, run.id, param);
    else if (before !== param.value) {
      changed.push(`{'key': '${param.key}', 'old_value': '${before}', 'new_value': '${param.value}'}`);
    }
  }
  if (changed.length > 0) {
    throw invalidParameter(
      "Changing param values is not allowed. Params were already" +
        ` logged='[${changed.join(", ")}]' for run ID='${run.name}'.`,
    );
  }
}
