import type { debugRoutes } from "#contract/routes/debug.ts";
import type { Jobs } from "../../jobs/jobs.ts";
import type { DebuggedPrograms } from "../../scheduler/debuggedPrograms.ts";
import type { Handlers } from "../handlers.ts";

/** Where a debugger reaches the programs of a job. */
export function debugHandlers(services: {
  jobs: Jobs;
  programs: DebuggedPrograms;
}): Pick<Handlers, keyof typeof debugRoutes> {
  const { jobs, programs } = services;
  return {
    debugJob: async ({ params }) => programs.of(await jobs.row(params.workspace, params.name)),
    attachJob: async ({ params, body }) => {
      const row = await jobs.row(params.workspace, params.name);
      await programs.attach(row, body.pid);
      return programs.of(row);
    },
    releaseJob: async ({ params }) => {
      const row = await jobs.row(params.workspace, params.name);
      await programs.release(row);
      return programs.of(row);
    },
  };
}
