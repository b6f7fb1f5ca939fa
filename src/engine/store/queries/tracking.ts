import type { MetricSeries, RunData } from "#contract/routes/jobs.ts";
import { parseBody, parseQuery } from "../../core/mlflow/fields.ts";
import type { Db } from "../database.ts";
import type { QueryTable } from "../table.ts";
import { toJson, workspaceId } from "../tracking/context.ts";
import { experimentOf, experimentToWire } from "../tracking/experiments.ts";
import { readOperations, type ReadOperationName } from "../tracking/read/operations.ts";
import { runToWire } from "../tracking/runData.ts";
import { runPage } from "../tracking/runPage.ts";
import { runOf } from "../tracking/runs.ts";
import { samplePoints } from "../tracking/sampling.ts";

interface RunKey {
  workspace: string;
  name: string;
}

/** Names of query parameters that are lists even when they come once. */
const listParameters = ["run_id", "run_ids", "experiment_ids", "order_by"];

/** `run_id` is a list in one call and a single value in all others. */
function listsOf(operation: ReadOperationName): readonly string[] {
  return operation === "getMetricHistoryBulk" ? listParameters : listParameters.slice(1);
}

export const trackingQueries = {
  /** One call of the MLflow API that only reads, as the text of its reply. */
  mlflowRead(
    db: Db,
    args: {
      workspace: string;
      operation: ReadOperationName;
      path: Record<string, string>;
      query: string;
      body: string;
    },
  ): string {
    const fields = args.body === "" ? parseQuery(args.query, listsOf(args.operation)) : parseBody(args.body);
    const answer = readOperations[args.operation]({
      db,
      workspaceId: workspaceId(db, args.workspace),
      fields,
      path: args.path,
    });
    return toJson(answer);
  },

  /** MLflow's run object. */
  runObject(db: Db, args: RunKey): Record<string, unknown> {
    return runToWire(db, runOf(db, workspaceId(db, args.workspace), args.name));
  },

  /** MLflow's object of the experiment that a run belongs to. */
  experimentOfRun(db: Db, args: RunKey): Record<string, unknown> {
    const workspace = workspaceId(db, args.workspace);
    const run = runOf(db, workspace, args.name);
    return experimentToWire(db, experimentOf(db, workspace, String(run.experiment_number)));
  },

  /** What the job page shows of a run. */
  runData(db: Db, args: RunKey): RunData {
    const workspace = workspaceId(db, args.workspace);
    return runPage(db, workspace, runOf(db, workspace, args.name));
  },

  /** Histories of some keys (of all, when none is named), each sampled to at most `points`. */
  metricSeries(db: Db, args: RunKey & { keys: readonly string[]; points: number }): MetricSeries[] {
    const run = runOf(db, workspaceId(db, args.workspace), args.name);
    const keys = db.all<{ id: number; key: string }>(
      `SELECT k.id, k.key FROM latest_metrics m JOIN metric_keys k ON k.id = m.key_id
       WHERE m.run_id = ? ORDER BY k.key`,
      run.id,
    );
    const wanted = args.keys.length === 0 ? keys : keys.filter((row) => args.keys.includes(row.key));
    return wanted.map(({ id, key }) => {
      const { total, points } = samplePoints(db, run.id, id, { points: args.points, steps: null });
      return { key, total, points: points.map(({ step, timestamp, value }) => [step, timestamp, value]) };
    });
  },

  /** What was refused after the relay had answered for it, oldest first. */
  runWarnings(db: Db, args: RunKey): string[] {
    const run = runOf(db, workspaceId(db, args.workspace), args.name);
    const rows = db.all<{ text: string }>("SELECT text FROM run_warnings WHERE run_id = ? ORDER BY id", run.id);
    return rows.map((row) => row.text);
  },

  /** The last journal call of an attempt that was applied; 0 when none was. */
  relayProgress(db: Db, args: { workspace: string; job: string; attempt: number }): number {
    const row = db.get<{ seq: number }>(
      "SELECT seq FROM relay_progress WHERE workspace_id = ? AND job = ? AND attempt = ?",
      workspaceId(db, args.workspace),
      args.job,
      args.attempt,
    );
    return row?.seq ?? 0;
  },
} satisfies QueryTable;
