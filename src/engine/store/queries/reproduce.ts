import type { JobStatus } from "#contract/entities/jobStatus.ts";
import type { Db } from "../database.ts";
import type { QueryTable } from "../table.ts";
import { listTree, pathOfLocation } from "../tracking/artifactRows.ts";
import { workspaceId } from "../tracking/context.ts";

/** One metric of two runs, point by point in the order of steps. */
export interface MetricPair {
  key: string;
  original: number | string | null;
  reproduction: number | string | null;
  original_points: number;
  points: number;
  /** Points that only one of them has, or whose step or value is another. */
  differing: number;
  /** The largest |a-b| / max(|a|, |b|); null when no two numbers stand beside each other. */
  relative: number | null;
}

const history = (run: string) => `SELECT key_id, step, value,
    row_number() OVER (PARTITION BY key_id ORDER BY step, timestamp, value) AS place
  FROM metrics WHERE run_id = ${run}`;

/** A value that is not a number is NULL among the latest, and there is a row all the same. */
const latest = (run: string) =>
  `(SELECT coalesce(value, 'NaN') FROM latest_metrics l WHERE l.run_id = ${run} AND l.key_id = k.id)`;

export const reproduceQueries = {
  /** Every metric of two runs but those of the machine. */
  metricPairs(db: Db, args: { original: number; reproduction: number }): MetricPair[] {
    return db.all(
      `WITH a AS (${history("$original")}), b AS (${history("$reproduction")}),
         pairs AS (
           SELECT coalesce(a.key_id, b.key_id) AS key_id, count(a.place) AS original_points, count(b.place) AS points,
             sum(a.value IS NOT b.value OR a.step IS NOT b.step) AS differing,
             max(CASE WHEN typeof(a.value) = 'real' AND typeof(b.value) = 'real'
               THEN CASE WHEN a.value = b.value THEN 0.0 ELSE abs(a.value - b.value) / max(abs(a.value), abs(b.value)) END END)
               AS relative
           FROM a FULL JOIN b ON a.key_id = b.key_id AND a.place = b.place GROUP BY 1
         )
       SELECT k.key, ${latest("$original")} AS original, ${latest("$reproduction")} AS reproduction,
         original_points, points, differing, relative
       FROM pairs JOIN metric_keys k ON k.id = pairs.key_id
       WHERE substr(k.key, 1, 7) <> 'system/' ORDER BY k.key`,
      args,
    );
  },

  /**
   * Files of the models that a run has logged, by the model's name; `at` is their place in the workspace's artifact root. Of
   * several models of one name the newest counts.
   */
  modelFiles(
    db: Db,
    args: { workspace: string; name: string },
  ): { path: string; at: string; sha256: string; bytes: number }[] {
    const workspace = workspaceId(db, args.workspace);
    const models = db.all<{ name: string; artifact_uri: string }>(
      `SELECT name, artifact_uri FROM logged_models
       WHERE workspace_id = ? AND source_run_id = ? AND lifecycle_stage = 'active' ORDER BY creation_time, id`,
      workspace,
      args.name,
    );
    return [...new Map(models.map((model) => [model.name, model.artifact_uri]))].flatMap(([name, uri]) => {
      const root = pathOfLocation(uri);
      if (root === null) return [];
      const named = (path: string) => `models/${name}${path.slice(root.length)}`;
      return listTree(db, workspace, root).map(({ path, ...file }) => ({ ...file, at: path, path: named(path) }));
    });
  },

  /** Jobs that reproduce one, the newest first, at most 100. They came after it. */
  reproducedBy(
    db: Db,
    args: { runId: number; name: string },
  ): { name: string; display_name: string; status: JobStatus }[] {
    return db.all(
      `SELECT name, display_name, status FROM jobs
       WHERE run_id > $runId AND workspace_id = (SELECT workspace_id FROM runs WHERE id = $runId)
         AND instr(properties, 'slipway.reproduces') AND properties ->> '$."slipway.reproduces"' = $name
       ORDER BY run_id DESC LIMIT 100`,
      args,
    );
  },
} satisfies QueryTable;
