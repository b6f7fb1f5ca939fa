import { accessQueries } from "./queries/access.ts";
import { artifactQueries } from "./queries/artifacts.ts";
import { assetQueries } from "./queries/assets.ts";
import { jobListQueries } from "./queries/jobList.ts";
import { compareQueries } from "./queries/compare.ts";
import { computeQueries } from "./queries/computes.ts";
import { datastoreQueries } from "./queries/datastores.ts";
import { examineQueries } from "./queries/examine.ts";
import { gcQueries } from "./queries/gc.ts";
import { jobQueueQueries } from "./queries/jobQueue.ts";
import { jobQueries } from "./queries/jobs.ts";
import { keepingQueries } from "./queries/keeping.ts";
import { mirrorQueries } from "./queries/mirrors.ts";
import { reproduceQueries } from "./queries/reproduce.ts";
import { runTableQueries } from "./queries/runTable.ts";
import { snapshotQueries } from "./queries/snapshots.ts";
import { trackingQueries } from "./queries/tracking.ts";
import { workspaceQueries } from "./queries/workspaces.ts";
import type { QueryTable } from "./table.ts";

/** Everything that reads the store, one line a noun. */
export const queries = {
  ...accessQueries,
  ...artifactQueries,
  ...assetQueries,
  ...jobListQueries,
  ...compareQueries,
  ...computeQueries,
  ...datastoreQueries,
  ...examineQueries,
  ...gcQueries,
  ...jobQueries,
  ...jobQueueQueries,
  ...keepingQueries,
  ...mirrorQueries,
  ...reproduceQueries,
  ...runTableQueries,
  ...snapshotQueries,
  ...trackingQueries,
  ...workspaceQueries,
} satisfies QueryTable;
export type Queries = typeof queries;
