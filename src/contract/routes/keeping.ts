import * as z from "zod";
import { Name } from "../entities/creation.ts";
import { JobStatusSchema } from "../entities/job.ts";
import { route } from "../route.ts";

const params = z.object({ workspace: Name });
const names = z.array(z.string()).min(1).max(100_000);

const Kept = z.object({ name: z.string(), reason: z.string() });

export const ChangedJobs = z.object({
  dry_run: z.boolean(),
  /** One for each name that was given, in that order. */
  jobs: z.array(
    z.object({
      name: z.string(),
      result: z.enum(["deleted", "restored", "unchanged", "not-over", "not-found"]),
    }),
  ),
  /** Runs nested in them, which went along. */
  nested: z.number().int(),
  /** Bytes that are free when they are collected: files that nothing else has, logs, folders of attempts. */
  bytes: z.number(),
  /** Deleted ones that stay in the store as long as something needs them, and what that is. */
  kept: z.array(Kept),
});
export type ChangedJobs = z.infer<typeof ChangedJobs>;

export const Purged = z.object({
  dry_run: z.boolean(),
  /** Names of the jobs and runs that were (or with `dry_run` would be) deleted. */
  jobs: z.array(z.string()),
  nested: z.number().int(),
  bytes: z.number(),
  /** Those that are as old and stay, and why. */
  kept: z.array(Kept),
});
export type Purged = z.infer<typeof Purged>;

export const keepingRoutes = {
  deleteJobs: route({
    method: "POST",
    path: "/api/v1/workspaces/:workspace/keeping/delete",
    summary: "Deletes jobs and runs, nested ones with them. They can be restored until they are collected.",
    params,
    body: z.object({ names, dry_run: z.boolean().default(false) }),
    reply: ChangedJobs,
  }),
  restoreJobs: route({
    method: "POST",
    path: "/api/v1/workspaces/:workspace/keeping/restore",
    summary: "Takes back that jobs and runs were deleted or archived.",
    params,
    body: z.object({ names, dry_run: z.boolean().default(false) }),
    reply: ChangedJobs,
  }),
  purgeJobs: route({
    method: "POST",
    path: "/api/v1/workspaces/:workspace/keeping/purge",
    summary: "Deletes all jobs and runs that ended so many days ago. What is pinned, registered or used stays.",
    params,
    body: z.object({
      older_than_days: z.number().nonnegative(),
      experiment_name: z.string().optional(),
      status: z.array(JobStatusSchema).default([]),
      dry_run: z.boolean().default(false),
    }),
    reply: Purged,
  }),
};
