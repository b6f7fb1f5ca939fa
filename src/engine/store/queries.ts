import { accessQueries } from "./queries/access.ts";
import { snapshotQueries } from "./queries/snapshots.ts";
import { workspaceQueries } from "./queries/workspaces.ts";
import type { QueryTable } from "./table.ts";

/** Everything that reads the store, one line a noun. */
export const queries = {
  ...accessQueries,
  ...snapshotQueries,
  ...workspaceQueries,
} satisfies QueryTable;
export type Queries = typeof queries;
