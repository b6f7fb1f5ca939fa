import { slipwayError } from "#contract/errors.ts";
import type { Db } from "../database.ts";
import type { CommandTable } from "../table.ts";
import { checkExperimentActive, findExperimentByName, insertExperiment } from "../tracking/experiments.ts";
import { insertRun } from "../tracking/runs.ts";
import { keepingCommands } from "./keeping.ts";

/** A new job with its run. JSON columns arrive as text. */
export interface NewJob {
  workspace: string;
  name: string;
  owner: string;
  actor: string;
  type: string;
  requestDigest: string;
  displayName: string;
  experimentName: string;
  description: string | null;
  compute: string;
  parentName: string | null;
  sourceFile: string | null;
  tags: Record<string, string>;
  properties: Record<string, string>;
  plan: string;
  inputs: string;
  outputs: string;
  priority: number;
  cpus: number;
  memoryBytes: number;
  gpus: number;
  at: number;
}

interface JobKey {
  workspace: string;
  name: string;
}

function runIdOf(db: Db, { workspace, name }: JobKey): number {
  const row = db.get<{ run_id: number }>(
    "SELECT runs.id AS run_id FROM runs JOIN workspaces ON workspaces.id = workspace_id WHERE workspaces.name = ? AND runs.name = ?",
    workspace,
    name,
  );
  if (row === undefined) throw slipwayError("not-found", `There is no job ${name} in the workspace ${workspace}.`);
  return row.run_id;
}

export const jobCommands = {
  /**
   * Creates a job and its run in one commit. The same name with the same request is the job that is there already;
   * throws `conflict` when the name belongs to something else.
   */
  createJob(db: Db, job: NewJob): { runId: number; created: boolean } {
    const workspace = db.get<{ id: number }>("SELECT id FROM workspaces WHERE name = ?", job.workspace);
    if (workspace === undefined) throw slipwayError("not-found", `There is no workspace ${job.workspace}.`);
    const taken = db.get<{ id: number; request_digest: string | null }>(
      "SELECT runs.id, request_digest FROM runs LEFT JOIN jobs ON run_id = runs.id WHERE runs.workspace_id = ? AND runs.name = ?",
      workspace.id,
      job.name,
    );
    if (taken !== undefined) {
      if (taken.request_digest === job.requestDigest) return { runId: taken.id, created: false };
      throw slipwayError("conflict", `There is a job ${job.name} with other content already.`, {
        next: "Leave the name out (or take another one) to submit this as a new job.",
      });
    }
    if (job.parentName !== null) checkParent(db, workspace.id, job.parentName);
    const runId = insertJobRun(db, workspace.id, job);
    insertJob(db, workspace.id, runId, job);
    return { runId, created: true };
  },

  /**
   * Changes what a person may change of a job. Tags are merged; null removes one. A run that is no job has its words in
   * its tags.
   */
  updateJob(
    db: Db,
    args: JobKey & {
      at: number;
      displayName?: string;
      description?: string | null;
      tags?: Record<string, string | null>;
      /** False also takes back that it was deleted. */
      archived?: boolean;
      actor?: string | undefined;
    },
  ): void {
    const runId = runIdOf(db, args);
    const row = db.get<{ tags: string }>("SELECT tags FROM jobs WHERE run_id = ?", runId);
    if (args.archived !== undefined) {
      const change = args.archived ? ("archive" as const) : ("restore" as const);
      keepingCommands.changeRuns(db, {
        workspace: args.workspace,
        ids: [runId],
        change,
        actor: args.actor,
        now: args.at,
      });
    }
    if (row === undefined) return;
    const merged = { ...(JSON.parse(row.tags) as Record<string, string | null>), ...args.tags };
    const tags = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
    db.run(
      `UPDATE jobs SET modified_at = ?, tags = ?, display_name = coalesce(?, display_name),
         description = CASE WHEN ? THEN ? ELSE description END WHERE run_id = ?`,
      args.at,
      JSON.stringify(tags),
      args.displayName ?? null,
      args.description === undefined ? 0 : 1,
      args.description ?? null,
      runId,
    );
  },
} satisfies CommandTable;

/** A child is listed under its parent alone, so there has to be one. */
function checkParent(db: Db, workspaceId: number, name: string): void {
  if (db.get("SELECT 1 FROM runs WHERE workspace_id = ? AND name = ?", workspaceId, name)) return;
  throw slipwayError("not-found", `There is no job ${name} to be the parent.`, {
    next: "Correct parent_job_name, or leave it out.",
  });
}

/** The run that MLflow clients see: the job's name is its id. */
function insertJobRun(db: Db, workspaceId: number, job: NewJob): number {
  const experiment =
    findExperimentByName(db, workspaceId, job.experimentName) ??
    insertExperiment(db, { workspaceId, name: job.experimentName, actor: job.actor, now: job.at });
  checkExperimentActive(experiment);
  const tags = {
    ...job.tags,
    "mlflow.user": job.owner,
    "mlflow.source.type": "JOB",
    ...(job.sourceFile === null ? {} : { "mlflow.source.name": job.sourceFile }),
    ...(job.parentName === null ? {} : { "mlflow.parentRunId": job.parentName }),
  };
  const run = insertRun(db, {
    workspaceId,
    name: job.name,
    experiment,
    displayName: job.displayName,
    user: job.owner,
    status: "SCHEDULED",
    startTime: job.at,
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    actor: job.actor,
    now: job.at,
  });
  return run.id;
}

function insertJob(db: Db, workspaceId: number, runId: number, job: NewJob): void {
  db.run(
    `INSERT INTO jobs(run_id, workspace_id, name, owner, actor, type, status, request_digest, display_name, experiment_name,
       description, compute, parent_name, source_file, tags, properties, plan, priority, cpus, memory_bytes, gpu_count,
       created_at, modified_at, inputs, outputs)
     VALUES (?,?,?,?,?,?,'Queued',?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
    runId,
    workspaceId,
    job.name,
    job.owner,
    job.actor,
    job.type,
    job.requestDigest,
    job.displayName,
    job.experimentName,
    job.description,
    job.compute,
    job.parentName,
    job.sourceFile,
    JSON.stringify(job.tags),
    JSON.stringify(job.properties),
    job.plan,
    job.priority,
    job.cpus,
    job.memoryBytes,
    job.gpus,
    job.at,
    job.at,
    job.inputs,
    job.outputs,
  );
  db.run(
    "INSERT INTO job_changes(run_id, attempt, at, from_status, to_status, actor, evidence) VALUES (?,0,?,NULL,'Queued',?,?)",
    runId,
    job.at,
    job.actor,
    JSON.stringify({ request_digest: job.requestDigest }),
  );
}
