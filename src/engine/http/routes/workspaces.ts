import type { FileProvider } from "#spec/index.ts";
import { slipwayError } from "#contract/errors.ts";
import { readDocument } from "../../assets/readDocument.ts";
import type { NewWorkspace, Workspaces } from "../../workspaces/workspaces.ts";
import type { Handlers, Request } from "../handlers.ts";
import type { Api } from "#contract/api.ts";

type WorkspaceRoutes = "listWorkspaces" | "createWorkspace" | "showWorkspace" | "updateWorkspace";

export function workspaceHandlers(services: {
  workspaces: Workspaces;
  files: FileProvider;
}): Pick<Handlers, WorkspaceRoutes> {
  const { workspaces, files } = services;
  return {
    listWorkspaces: ({ query }) => workspaces.list(query.include_archived),
    createWorkspace: ({ body, actor }) => workspaces.create(newWorkspace(body, files), actor.name),
    showWorkspace: ({ params }) => workspaces.show(params.workspace),
    updateWorkspace: ({ params, body, actor }) => workspaces.update(params.workspace, body, actor.name),
  };
}

/** What a workspace's YAML says of Azure's resources has no meaning here; name, texts and tags have. */
function newWorkspace(body: Request<Api["createWorkspace"]>["body"], files: FileProvider): NewWorkspace {
  const { source, ...given } = body;
  const fields = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  if (!source) {
    if (given.name === undefined) throw slipwayError("invalid-request", "A workspace needs a name.");
    return { ...given, name: given.name };
  }
  const { file } = readDocument("workspace", "workspace", { source, fields, files });
  return {
    name: file.name,
    display_name: file.display_name,
    description: file.description,
    tags: (file.tags as Record<string, string> | undefined) ?? {},
  };
}
