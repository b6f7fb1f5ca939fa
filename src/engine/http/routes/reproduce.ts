import type { reproduceRoutes } from "#contract/routes/reproduce.ts";
import type { Reproductions } from "../../reproduce/reproductions.ts";
import type { Handlers } from "../handlers.ts";

export function reproduceHandlers({
  reproductions,
}: {
  reproductions: Reproductions;
}): Pick<Handlers, keyof typeof reproduceRoutes> {
  return {
    reproduceJob: ({ params, body, actor }) =>
      reproductions.reproduce(params.workspace, params.name, { name: body.name, actor: actor.name }),
    reproductions: ({ params }) => reproductions.of(params.workspace, params.name),
  };
}
