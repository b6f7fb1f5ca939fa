import * as z from "zod";
import { Name } from "../entities/creation.ts";
import { Job, JobStatusSchema } from "../entities/job.ts";
import { listOf, route } from "../route.ts";

const params = z.object({ workspace: Name, name: Name });

/** What is not a number is text. */
const metricValue = z.union([z.number(), z.string()]).nullable();

/** How a part of the reproduction stands to the same part of the original. */
const match = z.enum(["same", "changed", "added", "missing", "unknown"]);

export const ReproducedMetric = z.object({
  key: z.string(),
  state: match,
  /** Last values; null where a run has none. */
  original: metricValue,
  reproduction: metricValue,
  /** Points of the whole histories, and how many of them differ in step or value. */
  points: z.tuple([z.number(), z.number()]),
  differing_points: z.number(),
  /** The largest |a-b| / max(|a|, |b|) over all points; null when none can be computed. */
  relative_difference: z.number().nullable(),
});
export type ReproducedMetric = z.infer<typeof ReproducedMetric>;

export const ReproducedFile = z.object({
  path: z.string(),
  state: match,
  original_bytes: z.number().nullable(),
  bytes: z.number().nullable(),
  original_sha256: z.string().nullable(),
  sha256: z.string().nullable(),
});
export type ReproducedFile = z.infer<typeof ReproducedFile>;

/** A thing of the world around a run, as it was for both. Null when it was not recorded. */
export const Circumstance = z.object({
  what: z.string(),
  state: match,
  original: z.string().nullable(),
  reproduction: z.string().nullable(),
  /** Why it counts as it does. */
  detail: z.string(),
});
export type Circumstance = z.infer<typeof Circumstance>;

export const Reproduction = z.object({
  original: z.string(),
  reproduction: z.string(),
  original_status: JobStatusSchema,
  status: JobStatusSchema,
  /** `pending` until the reproduction is over; `ended-otherwise` when its status is another than the original's. */
  verdict: z.enum(["pending", "same", "different", "ended-otherwise"]),
  /** The verdict in one sentence. */
  summary: z.string(),
  metrics: z.array(ReproducedMetric),
  outputs: z.object({
    compared: z.number(),
    differing: z.number(),
    /** Those that differ first; at most 2000. */
    files: z.array(ReproducedFile),
  }),
  /** What was held the same. */
  pinned: z.array(Circumstance),
  /** What could not be held the same, or is not known to be. */
  not_pinned: z.array(Circumstance),
});
export type Reproduction = z.infer<typeof Reproduction>;

export const Reproductions = z.object({
  /** Name of the run that this one reproduces, also when that one is no longer there. */
  reproduces: z.string().nullable(),
  /** How this one stands to it; null when it reproduces none, or the original was deleted. */
  report: Reproduction.nullable(),
  /** The runs that reproduce this one, the newest first. */
  reproduced_by: z.array(z.object({ name: z.string(), display_name: z.string(), status: JobStatusSchema })),
});
export type Reproductions = z.infer<typeof Reproductions>;

export const CloneSource = z.object({
  name: z.string(),
  /** The job file that the record stands for: what a clone submits, with changes. */
  yaml: z.string(),
  display_name: z.string(),
  experiment_name: z.string(),
  command: z.string(),
  compute: z.string(),
  /** `type` of a literal is what its value looks like: boolean, integer, number or string. Data has Azure's types. */
  inputs: z.array(z.object({ name: z.string(), type: z.string(), value: z.string() })),
  environment_variables: z.record(z.string(), z.string()),
  environment: z.string(),
  snapshot: z.object({ digest: z.string(), files: z.number(), bytes: z.number() }).nullable(),
  /** Folder that the code came from; null when there was none. */
  folder: z.string().nullable(),
});
export type CloneSource = z.infer<typeof CloneSource>;

export const reproduceRoutes = {
  cloneSource: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace/jobs/:name/clone-source",
    summary: "A recorded job as a job file, to be submitted with changes.",
    params,
    query: z.object({
      code: z.enum(["snapshot", "folder"]).default("snapshot"),
      /** `--set` pairs that the job file shall have in it. */
      set: listOf(z.string()).optional(),
    }),
    reply: CloneSource,
  }),
  reproduceJob: route({
    method: "POST",
    path: "/api/v1/workspaces/:workspace/jobs/:name/reproduce",
    summary: "Runs a job again from its record: the same code, environment lock, data, parameters and command.",
    params,
    body: z.object({
      /** The new job's name. The same request again under it is the same job. */
      name: z.string().optional(),
    }),
    reply: Job,
  }),
  reproductions: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace/jobs/:name/reproductions",
    summary: "How a run stands to the run that it reproduces, and the runs that reproduce it.",
    params,
    reply: Reproductions,
  }),
};
