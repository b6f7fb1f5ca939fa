import type { Collector } from "../../gc/collector.ts";
import type { Handlers } from "../handlers.ts";

export function gcHandlers(services: { collector: Collector }): Pick<Handlers, "collectGarbage"> {
  return {
    collectGarbage: ({ body }) =>
      services.collector.collect({
        dryRun: body.dry_run,
        environmentsUnusedDays: body.environments_unused_days,
        deletedDays: body.deleted_days,
      }),
  };
}
