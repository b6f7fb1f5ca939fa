import type { reproduceRoutes } from "#contract/routes/reproduce.ts";
import type { Clones } from "../../reproduce/clones.ts";
import type { Reproductions } from "../../reproduce/reproductions.ts";
import type { Handlers } from "../handlers.ts";

export function reproduceHandlers({
  reproductions,
  clones,
}: {
  reproductions: Reproductions;
  clones: Clones;
}): Pick<Handlers, keyof typeof reproduceRoutes> {
  return {
    reproduceJob: ({ params, body, actor }) =>
      reproductions.reproduce(params.workspace, params.name, { name: body.name, actor: actor.name }),
    cloneSource: ({ params, query }) =>
      clones.source(params.workspace, { job: params.name, code: query.code }, query.set ?? []),
    reproductions: ({ params }) => reproductions.of(params.workspace, params.name),
  };
}
