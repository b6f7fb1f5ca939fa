import type { compareRoutes } from "#contract/routes/compare.ts";
import type { Comparisons } from "../../compare/comparisons.ts";
import type { Handlers } from "../handlers.ts";

export function compareHandlers({
  comparisons,
}: {
  comparisons: Comparisons;
}): Pick<Handlers, keyof typeof compareRoutes> {
  return {
    compareRuns: ({ params, body }) => comparisons.compare(params.workspace, body),
    compareSeries: ({ params, body }) => comparisons.series(params.workspace, body),
    explainDifference: ({ params, query }) => comparisons.explain(params.workspace, query.from, params.name),
  };
}
