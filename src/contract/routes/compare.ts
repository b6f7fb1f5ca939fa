import * as z from "zod";
import { Name } from "../entities/creation.ts";
import { JobStatusSchema } from "../entities/job.ts";
import { count, route } from "../route.ts";

const params = z.object({ workspace: Name });
/** Plain MLflow clients choose the ids of their runs, so names are taken as they come. */
const names = z.array(z.string().min(1).max(256)).min(1).max(1000);

/** Where a fact of a run belongs; in this order a comparison shows them. */
export const factGroups = [
  "parameters",
  "inputs",
  "code",
  "environment",
  "hardware",
  "tags",
  "metrics",
  "system metrics",
] as const;
export type FactGroup = (typeof factGroups)[number];

export const ComparedRun = z.object({
  name: z.string(),
  display_name: z.string(),
  experiment_name: z.string(),
  status: JobStatusSchema,
  /** Milliseconds since the epoch; null until it happened. */
  started_at: z.number().nullable(),
  ended_at: z.number().nullable(),
  /** What sets it apart from the baseline: `lr 1e-3 → 3e-4`. */
  label: z.string(),
});
export type ComparedRun = z.infer<typeof ComparedRun>;

export const ComparedFact = z.object({
  group: z.enum(factGroups),
  key: z.string(),
  /** Compared by what it stands for: data by its content's digest, not by its path. */
  differs: z.boolean(),
  /** One for each run, null where a run has none. Of a fact that is the same for all, one value stands for all. */
  values: z.array(z.string().nullable()),
});
export type ComparedFact = z.infer<typeof ComparedFact>;

export const Comparison = z.object({
  /** Index of the run that the labels refer to. */
  baseline: z.number().int(),
  runs: z.array(ComparedRun),
  facts: z.array(ComparedFact),
  /** Keys of the metrics of which at least one run has more than one point: what there is to draw. */
  curves: z.array(z.string()),
  /** Names that were asked for and are not in this workspace. */
  missing: z.array(z.string()),
});
export type Comparison = z.infer<typeof Comparison>;

/** One metric of many runs. */
export const ComparedSeries = z.object({
  key: z.string(),
  curves: z.array(
    z.object({
      run: z.string(),
      /** Points in the whole history; `points` may be a sample that keeps extremes. */
      total: z.number(),
      /** [step, timestamp in ms, value]; what is not a number is text. */
      points: z.array(z.tuple([z.number(), z.number(), z.union([z.number(), z.string()])])),
    }),
  ),
});
export type ComparedSeries = z.infer<typeof ComparedSeries>;

/** Whether a part of two runs is the same; `unknown` says in `reason` why that cannot be told. */
const state = z.enum(["same", "changed", "none", "unknown"]);

export const Difference = z.object({
  from: z.string(),
  to: z.string(),
  code: z.object({
    state,
    reason: z.string(),
    /** At most 2000 of them; sizes in bytes, null where the file is not there. */
    files: z.array(
      z.object({
        path: z.string(),
        change: z.enum(["added", "removed", "changed"]),
        from_bytes: z.number().nullable(),
        to_bytes: z.number().nullable(),
      }),
    ),
    total: z.number(),
  }),
  packages: z.object({
    state,
    reason: z.string(),
    /** Exact versions by the environments' locks. */
    changes: z.array(z.object({ name: z.string(), from: z.string().nullable(), to: z.string().nullable() })),
  }),
});
export type Difference = z.infer<typeof Difference>;

export const compareRoutes = {
  compareRuns: route({
    method: "POST",
    path: "/api/v1/workspaces/:workspace/compare",
    summary: "What is the same and what differs between many runs. Changes nothing.",
    params,
    body: z.object({
      names,
      /** The run that labels refer to; the first of `names` when left out. */
      baseline: z.string().optional(),
    }),
    reply: Comparison,
  }),
  compareSeries: route({
    method: "POST",
    path: "/api/v1/workspaces/:workspace/compare/series",
    summary: "Histories of some metrics over many runs, each sampled to at most `points`. Changes nothing.",
    params,
    body: z.object({
      names,
      keys: z.array(z.string()).min(1).max(100),
      points: count.min(2).max(2000).default(200),
    }),
    reply: z.array(ComparedSeries),
  }),
  explainDifference: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace/jobs/:name/difference",
    summary: "Files of the code and packages of the environment that differ between the run `from` and this one.",
    params: z.object({ workspace: Name, name: z.string() }),
    query: z.object({ from: z.string() }),
    reply: Difference,
  }),
};
