import * as z from "zod";
import { CreationContext } from "./creation.ts";
import { jobStatuses } from "./jobStatus.ts";

/** One of {@link jobStatuses}. */
export const JobStatusSchema = z.enum(jobStatuses);

/** Whether the target is in contact. Never part of the status: the job may well be running unseen. */
export const Connection = z.object({
  state: z.enum(["connected", "lost"]),
  /** Milliseconds since the epoch. */
  since: z.number(),
  reason: z.string().optional(),
});
export type Connection = z.infer<typeof Connection>;

/** A stretch of a job's life, for the job page and the folds of its log. */
export const Phase = z.object({
  name: z.string(),
  started_at: z.number(),
  ended_at: z.number().nullable(),
  detail: z.string().optional(),
});
export type Phase = z.infer<typeof Phase>;

export const failureClasses = [
  "import",
  "memory",
  "path",
  "environment",
  "disk",
  "timeout",
  "exit",
  "launcher_lost",
  "host_restarted",
] as const;

/** What may mend a failure; each client knows how to do it. `add-package` carries the package's name as its argument. */
export const fixActions = [
  "open-lock",
  "add-package",
  "open-build-log",
  "open-job-file",
  "free-space",
  "run-again",
  "open-location",
  "open-log",
] as const;

/** Why a job failed: class, the words, where in the user's code, and one action that may mend it. */
export const JobError = z.object({
  code: z.string(),
  class: z.enum(failureClasses),
  message: z.string(),
  /** `file:line` in the code snapshot (or an absolute path outside it). */
  location: z.object({ file: z.string(), line: z.number().int() }).nullable(),
  /** The last lines of the log, at most 20. */
  tail: z.array(z.string()),
  fix: z.object({ title: z.string(), action: z.enum(fixActions), argument: z.string().nullable() }).nullable(),
});
export type JobError = z.infer<typeof JobError>;

/** An input or output as `az ml job show` prints it, with where it really was. */
export const JobPort = z.object({
  type: z.string().optional(),
  path: z.string().optional(),
  mode: z.string().optional(),
  /** A literal input, rendered as Python would. */
  value: z.string().optional(),
  name: z.string().optional(),
  version: z.string().optional(),
  /** sha-256 over the content (a file's own, a folder's manifest) once it is known. */
  digest: z.string().optional(),
  /** The job that made it, when another job of this workspace did. */
  produced_by: z.string().optional(),
});
export type JobPort = z.infer<typeof JobPort>;

export const JobService = z.object({
  type: z.string(),
  endpoint: z.string().nullable(),
  status: z.string().nullable().optional(),
  port: z.number().nullable().optional(),
});

export const GitState = z.object({
  commit: z.string().nullable(),
  branch: z.string().nullable(),
  remote: z.string().nullable(),
  dirty: z.boolean(),
});
export type GitState = z.infer<typeof GitState>;

/** One row of the Jobs view and of `job list`. */
export const JobSummary = z.object({
  name: z.string(),
  display_name: z.string(),
  experiment_name: z.string(),
  /** Azure's type; `base` is a run that no submit made: an MLflow client's own, or one below a job's. */
  type: z.string(),
  status: JobStatusSchema,
  connection: Connection,
  /** Empty when it runs on no target of ours. */
  compute: z.string(),
  parent_job_name: z.string().nullable(),
  tags: z.record(z.string(), z.string()),
  creation_context: CreationContext,
  archived: z.boolean(),
  /** When it was deleted (ms since the epoch): it can be restored until it is collected. Null while it is not. */
  deleted_at: z.number().nullable().optional(),
  /** Milliseconds since the epoch; null until it happened. */
  started_at: z.number().nullable(),
  ended_at: z.number().nullable(),
  /** Place among the jobs waiting for the same target, 1 = next; null when not queued. */
  queue_place: z.number().int().nullable(),
  /** Where the submit came from, to press ▶ again. */
  source_file: z.string().nullable(),
});
export type JobSummary = z.infer<typeof JobSummary>;

/** A whole job: Azure's fields first, then what only Slipway knows. */
export const Job = JobSummary.extend({
  id: z.string(),
  description: z.string().nullable(),
  command: z.string().nullable(),
  code: z.string().nullable(),
  environment: z.string().nullable(),
  environment_variables: z.record(z.string(), z.string()),
  inputs: z.record(z.string(), JobPort),
  outputs: z.record(z.string(), JobPort),
  resources: z.record(z.string(), z.unknown()).nullable(),
  limits: z.record(z.string(), z.unknown()).nullable(),
  distribution: z.record(z.string(), z.unknown()).nullable(),
  identity: z.record(z.string(), z.unknown()).nullable(),
  queue_settings: z.record(z.string(), z.unknown()).nullable(),
  properties: z.record(z.string(), z.string()),
  services: z.record(z.string(), JobService),
  parameters: z.record(z.string(), z.unknown()),
  phases: z.array(Phase),
  error: JobError.nullable(),
  exit_code: z.number().int().nullable(),
  attempt: z.number().int(),
  git: GitState.nullable(),
  /** Key of the built environment, and the file among the job's artifacts that names its exact packages; null until it is built. */
  environment_key: z.string().nullable(),
  environment_lock: z.string().nullable(),
  /** Lines said before the run: what is used instead of what the YAML asked for. */
  notices: z.array(z.string()),
  snapshot: z.object({ digest: z.string(), files: z.number(), bytes: z.number() }).nullable(),
  log_files: z.array(z.object({ path: z.string(), bytes: z.number(), complete: z.boolean() })),
  /** What the engine refused or could not do later on, visible on the run. */
  warnings: z.array(z.string()),
});
export type Job = z.infer<typeof Job>;
