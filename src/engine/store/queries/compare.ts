import { createHash } from "node:crypto";
import type { GitState, JobPort } from "#contract/entities/job.ts";
import type { JobStatus } from "#contract/entities/jobStatus.ts";
import type { ComparedSeries } from "#contract/routes/compare.ts";
import { jobStatusOf } from "../../core/mlflow/jobStatusOf.ts";
import type { Demand, JobPlan } from "../../core/jobPlan.ts";
import type { Db } from "../database.ts";
import type { QueryTable } from "../table.ts";
import { samplePoints } from "../tracking/sampling.ts";

interface KeyValue {
  key: string;
  value: string;
}

/** All that a comparison looks at in one run. Parts that only a job has are null for a plain MLflow run. */
export interface RunRecord {
  name: string;
  display_name: string;
  experiment_name: string;
  status: JobStatus;
  started_at: number | null;
  ended_at: number | null;
  params: KeyValue[];
  /** Without MLflow's own. */
  tags: KeyValue[];
  /** Last values; null is not a number. */
  metrics: { key: string; value: number | null }[];
  datasets: { name: string; digest: string }[];
  job: {
    command: string;
    snapshot: JobPlan["snapshot"];
    git: GitState | null;
    environment: string;
    environmentKey: string | null;
    environmentVariables: Record<string, string>;
    /** Packages in the lock and its hash; null until the environment is built. */
    lock: { packages: number; hash: string } | null;
    compute: string;
    demand: Demand;
    /** Devices that the last attempt held. */
    gpus: string[];
    resources: Record<string, unknown> | null;
    distribution: Record<string, unknown> | null;
    limits: Record<string, unknown> | null;
    inputs: Record<string, JobPort>;
  } | null;
}

interface Row {
  id: number;
  name: string;
  display_name: string;
  experiment_name: string;
  status: JobStatus | null;
  run_status: string;
  started_at: number | null;
  ended_at: number | null;
  command: string | null;
  snapshot: string | null;
  git: string | null;
  environment: string;
  environment_key: string | null;
  variables: string;
  lock: string | null;
  compute: string;
  demand: string;
  gpus: string | null;
  shown: string;
  inputs: string;
  job_tags: string | null;
}

const runs = `SELECT r.id, r.name, r.display_name, e.name AS experiment_name, j.status, r.status AS run_status,
    CASE WHEN j.run_id IS NULL THEN nullif(r.start_time, 0) ELSE j.started_at END AS started_at,
    CASE WHEN j.run_id IS NULL THEN r.end_time ELSE j.ended_at END AS ended_at,
    j.plan ->> '$.command' AS command, j.plan -> '$.snapshot' AS snapshot, j.plan -> '$.git' AS git,
    j.plan ->> '$.environment.label' AS environment, coalesce(j.environment_key, j.plan ->> '$.environment.key') AS environment_key,
    j.plan -> '$.environmentVariables' AS variables, j.environment_lock AS lock, j.compute, j.plan -> '$.demand' AS demand,
    (SELECT gpus FROM job_attempts a WHERE a.run_id = j.run_id AND a.attempt = j.attempt) AS gpus,
    j.plan -> '$.shown' AS shown, j.inputs, j.tags AS job_tags
  FROM json_each($names) wanted JOIN workspaces w ON w.name = $workspace
  JOIN runs r ON r.workspace_id = w.id AND r.name = wanted.value
  JOIN experiments e ON e.id = r.experiment_id LEFT JOIN jobs j ON j.run_id = r.id
  ORDER BY wanted.key`;

interface Asked {
  workspace: string;
  names: readonly string[];
}

export const compareQueries = {
  /** The runs that are there, in the order in which they were asked for. */
  runRecords(db: Db, args: Asked): RunRecord[] {
    const rows = db.all<Row>(runs, { workspace: args.workspace, names: JSON.stringify(args.names) });
    /** Most runs of a comparison share a lock. */
    const locks = new Map<string, NonNullable<RunRecord["job"]>["lock"]>();
    return rows.map((row) => ({
      name: row.name,
      display_name: row.display_name,
      experiment_name: row.experiment_name,
      status: row.status ?? jobStatusOf(row.run_status),
      started_at: row.started_at,
      ended_at: row.ended_at,
      params: db.all("SELECT key, value FROM params WHERE run_id = ? ORDER BY key", row.id),
      tags: tagsOf(db, row),
      metrics: db.all(
        `SELECT k.key, m.value FROM latest_metrics m JOIN metric_keys k ON k.id = m.key_id WHERE m.run_id = ? ORDER BY k.key`,
        row.id,
      ),
      datasets: db.all(
        `SELECT d.name, d.digest FROM run_datasets i JOIN datasets d ON d.id = i.dataset_id WHERE i.run_id = ? ORDER BY d.name`,
        row.id,
      ),
      job: row.command === null ? null : jobOf(row, locks),
    }));
  },

  /** Metrics of which at least one of these runs has more than one point. */
  curvesOfRuns(db: Db, args: Asked): string[] {
    const rows = db.all<{ key: string }>(
      `SELECT key FROM (
         SELECT k.key, (SELECT count(*) FROM (SELECT 1 FROM metrics m WHERE m.run_id = l.run_id AND m.key_id = l.key_id LIMIT 2)) AS points
         FROM json_each($names) wanted JOIN workspaces w ON w.name = $workspace
         JOIN runs r ON r.workspace_id = w.id AND r.name = wanted.value
         JOIN latest_metrics l ON l.run_id = r.id JOIN metric_keys k ON k.id = l.key_id
       ) GROUP BY key HAVING max(points) > 1 ORDER BY key`,
      { workspace: args.workspace, names: JSON.stringify(args.names) },
    );
    return rows.map(({ key }) => key);
  },

  /** Histories of some metrics over many runs, each sampled to at most `points`. */
  seriesOfRuns(db: Db, args: Asked & { keys: readonly string[]; points: number }): ComparedSeries[] {
    const wanted = db.all<{ id: number; name: string }>(
      `SELECT r.id, r.name FROM json_each($names) wanted JOIN workspaces w ON w.name = $workspace
       JOIN runs r ON r.workspace_id = w.id AND r.name = wanted.value ORDER BY wanted.key`,
      { workspace: args.workspace, names: JSON.stringify(args.names) },
    );
    return args.keys.map((key) => {
      const id = db.get<{ id: number }>("SELECT id FROM metric_keys WHERE key = ?", key)?.id;
      const curves = id === undefined ? [] : wanted.map((run) => curveOf(db, run, id, args.points));
      return { key, curves: curves.filter(({ total }) => total > 0) };
    });
  },
} satisfies QueryTable;

function curveOf(
  db: Db,
  run: { id: number; name: string },
  keyId: number,
  points: number,
): ComparedSeries["curves"][number] {
  const sample = samplePoints(db, run.id, keyId, { points, steps: null });
  return {
    run: run.name,
    total: sample.total,
    points: sample.points.map(({ step, timestamp, value }) => [step, timestamp, value]),
  };
}

function tagsOf(db: Db, row: Row): KeyValue[] {
  const own = db.all<KeyValue>(
    "SELECT key, value FROM tags WHERE run_id = ? AND substr(key, 1, 7) <> 'mlflow.' ORDER BY key",
    row.id,
  );
  const tags = new Map(own.map(({ key, value }) => [key, value]));
  const ofJob = row.job_tags === null ? {} : (JSON.parse(row.job_tags) as Record<string, string>);
  for (const [key, value] of Object.entries(ofJob)) tags.set(key, value);
  return [...tags].map(([key, value]) => ({ key, value }));
}

function jobOf(row: Row, locks: Map<string, { packages: number; hash: string } | null>): RunRecord["job"] {
  const shown = JSON.parse(row.shown) as JobPlan["shown"];
  return {
    command: row.command ?? "",
    snapshot: JSON.parse(row.snapshot ?? "null") as JobPlan["snapshot"],
    git: JSON.parse(row.git ?? "null") as GitState | null,
    environment: row.environment,
    environmentKey: row.environment_key,
    environmentVariables: JSON.parse(row.variables) as Record<string, string>,
    lock: row.lock === null ? null : lockOf(row.lock, locks),
    compute: row.compute,
    demand: JSON.parse(row.demand) as Demand,
    gpus: JSON.parse(row.gpus ?? "[]") as string[],
    resources: shown.resources,
    distribution: shown.distribution,
    limits: shown.limits,
    inputs: JSON.parse(row.inputs) as Record<string, JobPort>,
  };
}

function lockOf(
  text: string,
  locks: Map<string, { packages: number; hash: string } | null>,
): { packages: number; hash: string } | null {
  const known = locks.get(text);
  if (known) return known;
  const lock = {
    packages: text.match(/^[A-Za-z0-9][^\s#]*\s*(?:==|@)/gmu)?.length ?? 0,
    hash: createHash("sha256").update(text).digest("hex"),
  };
  locks.set(text, lock);
  return lock;
}
