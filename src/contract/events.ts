import * as z from "zod";
import { Compute } from "./entities/asset.ts";
import { JobSummary } from "./entities/job.ts";
import { Progress } from "./entities/progress.ts";

/**
 * Everything that the engine tells on its own. Each carries a sequence number as the SSE id; a client resumes with
 * Last-Event-ID and gets `resync` (read your lists again) when it is too far behind.
 */
export const EngineEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("resync") }),
  z.object({ type: z.literal("job"), workspace: z.string(), job: JobSummary }),
  z.object({ type: z.literal("job-deleted"), workspace: z.string(), name: z.string() }),
  /** A log file of a job has grown (or is complete): read it by offset. */
  z.object({
    type: z.literal("log"),
    workspace: z.string(),
    job: z.string(),
    path: z.string(),
    bytes: z.number(),
    complete: z.boolean(),
  }),
  /** Metrics, params, tags or logged models of a run have changed: at most four a second for one run. */
  z.object({ type: z.literal("run"), workspace: z.string(), run: z.string() }),
  z.object({ type: z.literal("assets"), workspace: z.string(), kind: z.string() }),
  z.object({ type: z.literal("compute"), workspace: z.string(), compute: Compute }),
  /**
   * How far the work for a job (by its name) or for a request (by its `operation`) has come; null when there is none
   * any more. Without a sequence number: what was missed is not told again, what goes on is told to who connects.
   */
  z.object({
    type: z.literal("progress"),
    workspace: z.string(),
    subject: z.string(),
    progress: Progress.nullable(),
  }),
  z.object({ type: z.literal("workspaces") }),
  /** The store takes nothing any more (`read-only`), or does again. */
  z.object({ type: z.literal("store"), state: z.enum(["ok", "read-only", "restored"]), detail: z.string() }),
  z.object({ type: z.literal("engine-stopping") }),
]);
export type EngineEvent = z.infer<typeof EngineEvent>;
