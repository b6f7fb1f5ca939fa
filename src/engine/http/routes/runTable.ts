import type { runTableRoutes } from "#contract/routes/runTable.ts";
import type { RunTable } from "../../runTable/runTable.ts";
import type { Handlers } from "../handlers.ts";

export function runTableHandlers({ table }: { table: RunTable }): Pick<Handlers, keyof typeof runTableRoutes> {
  return {
    searchRunTable: ({ params, body }) => table.search(params.workspace, body),
    runTableRows: ({ params, body }) => table.rows(params.workspace, body),
    runTableColumns: ({ params, query }) => table.columns(params.workspace, query.experiment ?? []),
    runTableValues: ({ params, query }) =>
      table.values(params.workspace, { column: query.column, prefix: query.prefix, limit: query.max_results }),
    changeRuns: ({ params, body, actor }) => table.change(params.workspace, body, actor.name),
    listRunViews: ({ params }) => table.views(params.workspace),
    saveRunView: ({ params, body, actor }) => table.save(params.workspace, body, actor.name),
    deleteRunView: ({ params, query }) => table.forget(params.workspace, query.name),
  };
}
