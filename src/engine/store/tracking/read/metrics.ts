import { invalidParameter } from "../../../core/mlflow/fault.ts";
import {
  missing,
  optionalInt,
  optionalString,
  requiredRunId,
  requiredString,
  strings,
  type Fields,
} from "../../../core/mlflow/fields.ts";
import { limits } from "../../../core/mlflow/limits.ts";
import type { Db } from "../../database.ts";
import { JsonText, type ReadOperation } from "../context.ts";
import { JsonList } from "../jsonList.ts";
import { Keyset } from "../keyset.ts";
import { findRun, runOf } from "../runs.ts";
import { samplePoints } from "../sampling.ts";

interface PointRow {
  timestamp: number;
  step: number;
  value: number | string;
}

const byTime = ["timestamp", "step", "value"].map((sql) => ({ sql, ascending: true }));

function keyIdOf(db: Db, key: string): number {
  return db.get<{ id: number }>("SELECT id FROM metric_keys WHERE key = ?", key)?.id ?? -1;
}

export const getMetricHistory: ReadOperation = ({ db, workspaceId, fields }) => {
  const runId = requiredRunId(fields);
  const key = requiredString(fields, "metric_key");
  const maxResults = optionalInt(fields, "max_results");
  if (maxResults !== undefined && maxResults <= 0) {
    throw invalidParameter(
      `Invalid value ${maxResults} for parameter 'max_results' supplied. It must be a positive integer.`,
    );
  }
  const token = optionalString(fields, "page_token");
  const run = findRun(db, workspaceId, runId);
  if (!run) return {};
  const keyset = new Keyset(byTime, [run.id, key]);
  const after = token ? keyset.after(token) : { text: "1", values: [] };
  const rows = db.raw
    .prepare<unknown[], [timestamp: number, step: number, value: number | string]>(
      `SELECT timestamp, step, value FROM metrics WHERE run_id = ? AND key_id = ? AND ${after.text}
       ORDER BY timestamp, step, value LIMIT ?`,
    )
    .raw(true);
  const limit = maxResults ?? Number.MAX_SAFE_INTEGER;
  const begin = `{"key":${JSON.stringify(key)},"value":`;
  const list = new JsonList();
  let last: Record<string, unknown> = {};
  for (const [timestamp, step, value] of rows.iterate(run.id, keyIdOf(db, key), ...after.values, limit + 1)) {
    if (list.length === limit) {
      return new JsonText(`{"metrics":${list.toString()},"next_page_token":"${keyset.token(last)}"}`);
    }
    const shown = typeof value === "number" ? value : `"${value}"`;
    list.add(`${begin}${shown},"timestamp":${timestamp},"step":${step}}`);
    if (list.length === limit) last = { sort_0: timestamp, sort_1: step, sort_2: value };
  }
  return list.length === 0 ? {} : new JsonText(`{"metrics":${list.toString()}}`);
};

export const getMetricHistoryBulk: ReadOperation = ({ db, workspaceId, fields }) => {
  const runIds = strings(fields, "run_id");
  if (runIds.length === 0) {
    throw invalidParameter("GetMetricHistoryBulk request must specify at least one run_id.");
  }
  if (runIds.length > limits.historyBulkRuns) {
    throw invalidParameter(
      `GetMetricHistoryBulk request cannot specify more than ${limits.historyBulkRuns} run_ids. ` +
        `Received ${runIds.length} run_ids.`,
    );
  }
  const key = optionalString(fields, "metric_key");
  if (key === undefined) throw invalidParameter("GetMetricHistoryBulk request must specify a metric_key.");
  const maxResults = Math.min(optionalInt(fields, "max_results") ?? limits.historyBulk, limits.historyBulk);
  const id = keyIdOf(db, key);
  const metrics: unknown[] = [];
  for (const runId of [...new Set(runIds)].sort()) {
    const run = findRun(db, workspaceId, runId);
    const room = maxResults - metrics.length;
    if (!run || room <= 0) continue;
    const rows = db.all<PointRow>(
      "SELECT timestamp, step, value FROM metrics WHERE run_id = ? AND key_id = ? ORDER BY timestamp, step, value LIMIT ?",
      run.id,
      id,
      room,
    );
    for (const { value, timestamp, step } of rows) metrics.push({ key, value, timestamp, step, run_id: runId });
  }
  return { metrics };
};

function interval(fields: Fields): { start: number; end: number } | null {
  const start = optionalInt(fields, "start_step");
  const end = optionalInt(fields, "end_step");
  if ((start === undefined) !== (end === undefined)) {
    throw invalidParameter("If either start step or end step are specified, both must be specified.");
  }
  if (start === undefined || end === undefined) return null;
  if (start > end) {
    throw invalidParameter(`end_step must be greater than start_step. Found start_step=${start} and end_step=${end}.`);
  }
  return { start, end };
}

export const getMetricHistoryBulkInterval: ReadOperation = ({ db, workspaceId, fields }) => {
  const runIds = strings(fields, "run_ids");
  if (runIds.length === 0) throw missing("run_ids");
  if (runIds.length > limits.historyBulkRuns) {
    throw invalidParameter(
      `GetMetricHistoryBulkInterval request must specify at most ${limits.historyBulkRuns} run_ids. ` +
        `Received ${runIds.length} run_ids.`,
    );
  }
  const key = requiredString(fields, "metric_key");
  const maxResults = optionalInt(fields, "max_results") ?? limits.historyInterval;
  if (maxResults < 1 || maxResults > limits.historyInterval) {
    throw invalidParameter(`max_results must be between 1 and ${limits.historyInterval}.`);
  }
  const steps = interval(fields);
  const id = keyIdOf(db, key);
  const metrics: unknown[] = [];
  for (const runId of runIds) {
    const run = runOf(db, workspaceId, runId);
    for (const { value, timestamp, step } of samplePoints(db, run.id, id, { points: maxResults, steps }).points) {
      metrics.push({ key, value, timestamp, step, run_id: runId });
    }
  }
  return metrics.length > 0 ? { metrics } : {};
};
