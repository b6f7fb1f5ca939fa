import { parseBody, parseQuery } from "../../core/mlflow/fields.ts";
import type { Db } from "../database.ts";
import type { CommandTable } from "../table.ts";
import { workspaceId, type WriteContext } from "../tracking/context.ts";
import { experimentToWire, findExperimentByName, insertExperiment } from "../tracking/experiments.ts";
import { writeMetrics, type MetricPoint } from "../tracking/metricWriter.ts";
import { applyJournal, type Applied, type Journal } from "../tracking/relay.ts";
import { runOf, setRunTag } from "../tracking/runs.ts";
import { writeOperations, type WriteOperationName } from "../tracking/write/operations.ts";

/** What a write left behind: the reply's JSON and, for the events, the run that changed. */
export interface Written {
  text: string;
  run: string | null;
  /** Whether what a list of runs shows of it has changed. */
  statusChanged: boolean;
}

export const trackingCommands = {
  /** One call of the MLflow API that changes something. The body is the text that came over the wire. */
  mlflowWrite(
    db: Db,
    args: {
      workspace: string;
      operation: WriteOperationName;
      path: Record<string, string>;
      query: string;
      body: string;
      actor: string;
      now: number;
    },
  ): Written {
    const touched: WriteContext["touched"] = { run: null, status: false };
    const answer = writeOperations[args.operation]({
      db,
      workspaceId: workspaceId(db, args.workspace),
      fields: args.body === "" ? parseQuery(args.query) : parseBody(args.body),
      path: args.path,
      actor: args.actor,
      now: args.now,
      job: null,
      minted: {},
      touched,
    });
    return { text: JSON.stringify(answer), run: touched.run, statusChanged: touched.status };
  },

  /** Calls of a job's journal, each exactly once; see {@link applyJournal}. */
  applyJournal(db: Db, args: Journal): Applied[] {
    return applyJournal(db, args);
  },

  /** The experiment of a name, made when there is none. */
  ensureExperiment(
    db: Db,
    args: { workspace: string; name: string; actor: string; now: number },
  ): Record<string, unknown> {
    const workspace = workspaceId(db, args.workspace);
    const there = findExperimentByName(db, workspace, args.name);
    const experiment =
      there ?? insertExperiment(db, { workspaceId: workspace, name: args.name, actor: args.actor, now: args.now });
    return experimentToWire(db, experiment);
  },

  /** Merges tags into a run's; null removes one. */
  setRunTags(db: Db, args: { workspace: string; name: string; tags: Record<string, string | null> }): void {
    const workspace = workspaceId(db, args.workspace);
    const run = runOf(db, workspace, args.name);
    for (const [key, value] of Object.entries(args.tags)) {
      if (value === null) db.run("DELETE FROM tags WHERE run_id = ? AND key = ?", run.id, key);
      else setRunTag(db, workspace, run.id, key, value);
    }
  },

  /**
   * Samples that the engine itself measured; their steps are the seconds since the run's start. A sample that is there
   * already changes nothing.
   */
  logSamples(db: Db, args: { workspace: string; name: string; samples: Omit<MetricPoint, "step">[] }): void {
    const run = runOf(db, workspaceId(db, args.workspace), args.name);
    const step = (timestamp: number) => Math.max(0, Math.round((timestamp - run.start_time) / 1000));
    writeMetrics(
      db,
      run.id,
      args.samples.map((sample) => ({ ...sample, step: step(sample.timestamp) })),
    );
  },
} satisfies CommandTable;
