import { accessQueries } from "./queries/access.ts";
import { assetQueries } from "./queries/assets.ts";
import { computeQueries } from "./queries/computes.ts";
import { datastoreQueries } from "./queries/datastores.ts";
import { jobQueries } from "./queries/jobs.ts";
import { jobQueueQueries } from "./queries/jobQueue.ts";
import { mirrorQueries } from "./queries/mirrors.ts";
import { snapshotQueries } from "./queries/snapshots.ts";
import { workspaceQueries } from "./queries/workspaces.ts";
import type { QueryTable } from "./table.ts";

/** Everything that reads the store, one line a noun. */
export const queries = {
  ...accessQueries,
  ...assetQueries,
  ...computeQueries,
  ...datastoreQueries,
  ...jobQueries,
  ...jobQueueQueries,
  ...mirrorQueries,
  ...snapshotQueries,
  ...workspaceQueries,
} satisfies QueryTable;
export type Queries = typeof queries;
