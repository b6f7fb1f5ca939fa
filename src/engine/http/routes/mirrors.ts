import type { Mirrors } from "../../mirrors/mirrors.ts";
import type { Handlers } from "../handlers.ts";

export function mirrorHandlers(services: {
  mirrors: Mirrors;
}): Pick<Handlers, "listMirrors" | "addMirror" | "removeMirror"> {
  const { mirrors } = services;
  return {
    listMirrors: ({ params }) => mirrors.list(params.workspace),
    addMirror: ({ params, body, actor }) => mirrors.add(params.workspace, body, actor.name),
    removeMirror: ({ params, query }) => mirrors.remove(params.workspace, query.prefix),
  };
}
