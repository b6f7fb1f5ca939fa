import * as z from "zod";
import { Name } from "../entities/creation.ts";
import { Job, JobStatusSchema, JobSummary } from "../entities/job.ts";
import { Preflight, PreflightRequest, SubmitJob } from "../entities/submit.ts";
import { batchFiles } from "../fileBatch.ts";
import { count, flag, listOf, route } from "../route.ts";

const inWorkspace = z.object({ workspace: Name });
const params = z.object({ workspace: Name, name: Name });

export const FileEntry = z.object({
  /** Relative to the root that was listed. */
  path: z.string(),
  is_dir: z.boolean(),
  bytes: z.number(),
  sha256: z.string().nullable(),
});
export type FileEntry = z.infer<typeof FileEntry>;

export const MetricSeries = z.object({
  key: z.string(),
  /** Points in the whole history; `points` may be a sample of them that keeps extremes. */
  total: z.number(),
  /** [step, timestamp in ms, value]; not-a-number and infinities are text. */
  points: z.array(z.tuple([z.number(), z.number(), z.union([z.number(), z.string()])])),
});
export type MetricSeries = z.infer<typeof MetricSeries>;

export const RunData = z.object({
  params: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()),
  /** Last value per key. */
  metrics: z.record(
    z.string(),
    z.object({ value: z.union([z.number(), z.string()]), step: z.number(), timestamp: z.number() }),
  ),
  logged_models: z.array(z.object({ model_id: z.string(), name: z.string(), status: z.string() })),
  datasets: z.array(z.object({ name: z.string(), digest: z.string(), context: z.string().nullable() })),
  child_runs: z.array(z.object({ name: z.string(), display_name: z.string(), status: z.string() })),
});
export type RunData = z.infer<typeof RunData>;

export const LogWindow = z.object({
  text: z.string(),
  /** Byte offset and line number (0-based) of the window's first byte in the log. */
  start_offset: z.number(),
  start_line: z.number(),
  end_offset: z.number(),
  /** Size of the whole log so far. */
  bytes: z.number(),
  complete: z.boolean(),
});
export type LogWindow = z.infer<typeof LogWindow>;

export const LogMatch = z.object({ offset: z.number(), line: z.number(), text: z.string() });

export const jobRoutes = {
  preflightJob: route({
    method: "POST",
    path: "/api/v1/workspaces/:workspace/preflight",
    summary: "The sheet of a submit: what would be sent, which environment, where it runs. Changes nothing.",
    params: inWorkspace,
    body: PreflightRequest,
    reply: Preflight,
  }),
  submitJob: route({
    method: "POST",
    path: "/api/v1/workspaces/:workspace/jobs",
    summary:
      "Submits a job. Its snapshot is durable before the reply; the same name and content again is the same job.",
    params: inWorkspace,
    body: SubmitJob,
    reply: Job,
  }),
  listJobs: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace/jobs",
    summary: "Jobs, and runs that MLflow clients made by themselves (type `base`), the newest first, a page at a time.",
    params: inWorkspace,
    query: z.object({
      max_results: count.max(1000).default(100),
      page_token: z.string().optional(),
      status: listOf(JobStatusSchema).optional(),
      experiment_name: z.string().optional(),
      /** Its children; without it those that have no parent. */
      parent_job_name: z.string().optional(),
      /** A user's name; `me` is the caller. */
      created_by: z.string().optional(),
      text: z.string().optional(),
      archived: z.enum(["exclude", "include", "only"]).default("exclude"),
    }),
    reply: z.object({ jobs: z.array(JobSummary), next_page_token: z.string().nullable(), total: z.number() }),
  }),
  showJob: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace/jobs/:name",
    summary: "One job, whole.",
    params,
    reply: Job,
  }),
  updateJob: route({
    method: "PATCH",
    path: "/api/v1/workspaces/:workspace/jobs/:name",
    summary: "Changes a job's display name, description, tags, or archives it.",
    params,
    body: z.object({
      display_name: z.string().optional(),
      description: z.string().nullable().optional(),
      /** Merged into the tags; null removes one. */
      tags: z.record(z.string(), z.string().nullable()).optional(),
      archived: z.boolean().optional(),
    }),
    reply: Job,
  }),
  cancelJob: route({
    method: "POST",
    path: "/api/v1/workspaces/:workspace/jobs/:name/cancel",
    summary: "Asks a job to stop.",
    params,
    reply: Job,
  }),
  runData: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace/jobs/:name/run",
    summary: "Params, tags, last metrics, models and children of a job's run.",
    params,
    reply: RunData,
  }),
  metricHistory: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace/jobs/:name/metrics",
    summary: "Metric histories, sampled to at most `points` a key. System metrics have keys that begin with `system/`.",
    params,
    query: z.object({ key: listOf(z.string()).optional(), points: count.min(2).max(10000).default(500) }),
    reply: z.array(MetricSeries),
  }),
  readLog: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace/jobs/:name/log",
    summary: "Bytes of a log file from `offset`. With `follow` the reply goes on until the log is complete.",
    params,
    query: z.object({
      path: z.string(),
      offset: count.default(0),
      limit: count.optional(),
      follow: flag.default(false),
    }),
    reply: "bytes",
  }),
  logWindow: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace/jobs/:name/log/window",
    summary: "The last bytes and lines of a log, cut at line ends, as text.",
    params,
    query: z.object({
      path: z.string(),
      bytes: count.max(50_000_000).default(5_000_000),
      lines: count.max(1_000_000).default(50_000),
      before: count.optional(),
    }),
    reply: LogWindow,
  }),
  searchLog: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace/jobs/:name/log/search",
    summary: "Lines of the whole log that hold a text (or match a regular expression).",
    params,
    query: z.object({
      path: z.string(),
      text: z.string(),
      regex: flag.default(false),
      case_sensitive: flag.default(false),
      max_results: count.max(10000).default(1000),
    }),
    reply: z.object({ matches: z.array(LogMatch), truncated: z.boolean() }),
  }),
  listArtifacts: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace/jobs/:name/artifacts",
    summary: "Files a job has left: its artifacts and, under `named-outputs/`, its outputs.",
    params,
    query: z.object({ path: z.string().default(""), recursive: flag.default(false) }),
    reply: z.array(FileEntry),
  }),
  readArtifact: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace/jobs/:name/artifact",
    summary: "One file of a job, checked against its hash.",
    params,
    query: z.object({ path: z.string() }),
    reply: "bytes",
  }),
  readArtifacts: route({
    method: "POST",
    path: "/api/v1/workspaces/:workspace/jobs/:name/artifacts/read",
    summary: "Many small files that a job has left, in one reply: for each a line of JSON, then its bytes.",
    params,
    body: z.object({ paths: z.array(z.string()).max(batchFiles) }),
    reply: "bytes",
  }),
  listSnapshot: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace/jobs/:name/snapshot",
    summary: "The files of the code as it was submitted.",
    params,
    reply: z.array(FileEntry),
  }),
  readSnapshot: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace/jobs/:name/snapshot/file",
    summary: "One file of the code as it was submitted.",
    params,
    query: z.object({ path: z.string() }),
    reply: "bytes",
  }),
};
