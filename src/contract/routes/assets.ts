import * as z from "zod";
import { Asset, AssetKindSchema, Compute, Datastore } from "../entities/asset.ts";
import { Name } from "../entities/creation.ts";
import { DocumentSource } from "../entities/submit.ts";
import { flag, route } from "../route.ts";

const inWorkspace = z.object({ workspace: Name });
const ofKind = z.object({ workspace: Name, kind: AssetKindSchema });
const named = z.object({ workspace: Name, kind: AssetKindSchema, name: Name });
const thing = z.object({ workspace: Name, name: Name });

/** A document from a file, or fields given on the command line (`--name`, `--path`…), or both. */
const CreateFrom = z.object({
  source: DocumentSource.optional(),
  fields: z.record(z.string(), z.unknown()).default({}),
  base_dir: z.string().optional(),
});

export const assetRoutes = {
  createAsset: route({
    method: "POST",
    path: "/api/v1/workspaces/:workspace/assets/:kind",
    summary: "Creates a version of an asset; without a version the next number is taken.",
    params: ofKind,
    /** `progress` events of this request bear `operation` as their subject. */
    body: CreateFrom.extend({ operation: z.string().max(200).optional() }),
    reply: Asset,
  }),
  listAssets: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace/assets/:kind",
    summary: "The newest version of each asset, or all versions of one.",
    params: ofKind,
    query: z.object({
      name: z.string().optional(),
      archived: z.enum(["exclude", "include", "only"]).default("exclude"),
    }),
    reply: z.array(Asset),
  }),
  showAsset: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace/assets/:kind/:name",
    summary: "One version by `version` or `label` (`latest` when neither is given).",
    params: named,
    query: z.object({ version: z.string().optional(), label: z.string().optional() }),
    reply: Asset,
  }),
  updateAsset: route({
    method: "PATCH",
    path: "/api/v1/workspaces/:workspace/assets/:kind/:name",
    summary:
      "Changes description, tags, properties or labels of a version, or archives it (all versions when none is named).",
    params: named,
    query: z.object({ version: z.string().optional(), label: z.string().optional() }),
    body: z.object({
      description: z.string().nullable().optional(),
      tags: z.record(z.string(), z.string().nullable()).optional(),
      properties: z.record(z.string(), z.string().nullable()).optional(),
      add_labels: z.array(z.string()).optional(),
      archived: z.boolean().optional(),
    }),
    reply: Asset,
  }),
};

export const datastoreRoutes = {
  createDatastore: route({
    method: "POST",
    path: "/api/v1/workspaces/:workspace/datastores",
    summary: "Creates or replaces a datastore.",
    params: inWorkspace,
    body: CreateFrom,
    reply: Datastore,
  }),
  listDatastores: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace/datastores",
    summary: "The datastores of a workspace.",
    params: inWorkspace,
    reply: z.array(Datastore),
  }),
  showDatastore: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace/datastores/:name",
    summary: "One datastore.",
    params: thing,
    reply: Datastore,
  }),
  updateDatastore: route({
    method: "PATCH",
    path: "/api/v1/workspaces/:workspace/datastores/:name",
    summary: "Changes a datastore's description or tags, or makes it the default.",
    params: thing,
    body: z.object({
      description: z.string().nullable().optional(),
      tags: z.record(z.string(), z.string().nullable()).optional(),
      is_default: z.literal(true).optional(),
    }),
    reply: Datastore,
  }),
  deleteDatastore: route({
    method: "DELETE",
    path: "/api/v1/workspaces/:workspace/datastores/:name",
    summary: "Forgets a datastore; its files stay.",
    params: thing,
    reply: z.object({ name: z.string() }),
  }),
};

export const computeRoutes = {
  createCompute: route({
    method: "POST",
    path: "/api/v1/workspaces/:workspace/computes",
    summary: "Names a target. What its YAML asks for and this machine cannot give is said in the reply.",
    params: inWorkspace,
    body: CreateFrom,
    reply: Compute,
  }),
  listComputes: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace/computes",
    summary: "The targets of a workspace; `local` is always there.",
    params: inWorkspace,
    reply: z.array(Compute),
  }),
  showCompute: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace/computes/:name",
    summary: "One target.",
    params: thing,
    query: z.object({ probe: flag.default(false) }),
    reply: Compute,
  }),
  updateCompute: route({
    method: "PATCH",
    path: "/api/v1/workspaces/:workspace/computes/:name",
    summary: "Changes a target's description or tags.",
    params: thing,
    body: z.object({
      description: z.string().nullable().optional(),
      tags: z.record(z.string(), z.string().nullable()).optional(),
    }),
    reply: Compute,
  }),
  deleteCompute: route({
    method: "DELETE",
    path: "/api/v1/workspaces/:workspace/computes/:name",
    summary: "Forgets a target that runs nothing.",
    params: thing,
    reply: z.object({ name: z.string() }),
  }),
};
