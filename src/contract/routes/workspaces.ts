import * as z from "zod";
import { Mirror, Workspace } from "../entities/asset.ts";
import { Name } from "../entities/creation.ts";
import { DocumentSource } from "../entities/submit.ts";
import { flag, route } from "../route.ts";

const params = z.object({ workspace: Name });

export const workspaceRoutes = {
  listWorkspaces: route({
    method: "GET",
    path: "/api/v1/workspaces",
    summary: "All workspaces of this engine.",
    query: z.object({ include_archived: flag.default(false) }),
    reply: z.array(Workspace),
  }),
  createWorkspace: route({
    method: "POST",
    path: "/api/v1/workspaces",
    summary: "Creates a workspace from a YAML document or from a name.",
    body: z.object({
      source: DocumentSource.optional(),
      name: Name.optional(),
      display_name: z.string().optional(),
      description: z.string().optional(),
    }),
    reply: Workspace,
  }),
  showWorkspace: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace",
    summary: "One workspace.",
    params,
    reply: Workspace,
  }),
  updateWorkspace: route({
    method: "PATCH",
    path: "/api/v1/workspaces/:workspace",
    summary: "Changes a workspace's description, tags, default compute, or makes it the default or archived one.",
    params,
    body: z.object({
      display_name: z.string().optional(),
      description: z.string().nullable().optional(),
      tags: z.record(z.string(), z.string()).optional(),
      default_compute: z.string().optional(),
      is_default: z.literal(true).optional(),
      archived: z.boolean().optional(),
      /** Jobs and runs that ended so many days ago are deleted when the engine collects; null keeps them. */
      retention_days: z.number().positive().nullable().optional(),
    }),
    reply: Workspace,
  }),
  trackingAccess: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace/tracking",
    summary: "What an MLflow client needs: the tracking URI and the user's token.",
    params,
    query: z.object({ rotate: flag.default(false) }),
    reply: z.object({ uri: z.string(), token: z.string() }),
  }),
  listMirrors: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace/mirrors",
    summary: "The mirror map.",
    params,
    reply: z.array(Mirror),
  }),
  addMirror: route({
    method: "PUT",
    path: "/api/v1/workspaces/:workspace/mirrors",
    summary: "Maps a URL prefix to a folder.",
    params,
    body: Mirror,
    reply: z.array(Mirror),
  }),
  removeMirror: route({
    method: "DELETE",
    path: "/api/v1/workspaces/:workspace/mirrors",
    summary: "Forgets a URL prefix.",
    params,
    query: z.object({ prefix: z.string() }),
    reply: z.array(Mirror),
  }),
};
