import { accessQueries } from "./queries/access.ts";
import type { QueryTable } from "./table.ts";

/** Everything that reads the store, one line a noun. */
export const queries = {
  ...accessQueries,
} satisfies QueryTable;
export type Queries = typeof queries;
