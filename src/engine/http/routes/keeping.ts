import type { keepingRoutes } from "#contract/routes/keeping.ts";
import type { Keeping } from "../../gc/keeping.ts";
import type { Handlers } from "../handlers.ts";

export function keepingHandlers({ keeping }: { keeping: Keeping }): Pick<Handlers, keyof typeof keepingRoutes> {
  return {
    deleteJobs: ({ params, body, actor }) =>
      keeping.byName(params.workspace, body.names, {
        ...{ change: "delete", dryRun: body.dry_run, actor: actor.name },
      }),
    restoreJobs: ({ params, body, actor }) =>
      keeping.byName(params.workspace, body.names, {
        ...{ change: "restore", dryRun: body.dry_run, actor: actor.name },
      }),
    purgeJobs: ({ params, body, actor }) =>
      keeping.purge(params.workspace, {
        olderThanDays: body.older_than_days,
        experiment: body.experiment_name ?? null,
        statuses: body.status,
        dryRun: body.dry_run,
        actor: actor.name,
      }),
  };
}
