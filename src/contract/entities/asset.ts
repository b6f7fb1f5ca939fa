import * as z from "zod";
import { assetKinds } from "./assetKind.ts";
import { CreationContext } from "./creation.ts";

export const AssetKindSchema = z.enum(assetKinds);

/** One version of an asset. `document` is the normalised YAML of its kind, whose keys are also spread by the CLI's output. */
export const Asset = z.object({
  kind: AssetKindSchema,
  id: z.string(),
  name: z.string(),
  version: z.string(),
  type: z.string().nullable(),
  path: z.string().nullable(),
  description: z.string().nullable(),
  tags: z.record(z.string(), z.string()),
  properties: z.record(z.string(), z.string()),
  labels: z.array(z.string()),
  archived: z.boolean(),
  creation_context: CreationContext,
  /** The job that made it. */
  produced_by: z.string().nullable(),
  /** Jobs that used it, the newest first, at most 20. */
  used_by: z.array(z.string()),
  digest: z.string().nullable(),
  bytes: z.number().nullable(),
  document: z.record(z.string(), z.unknown()),
});
export type Asset = z.infer<typeof Asset>;

export const Datastore = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  description: z.string().nullable(),
  tags: z.record(z.string(), z.string()),
  is_default: z.boolean(),
  /** The local folder that stands for it; null when the store cannot be reached from here. */
  path: z.string().nullable(),
  creation_context: CreationContext,
  document: z.record(z.string(), z.unknown()),
});
export type Datastore = z.infer<typeof Datastore>;

export const Device = z.object({
  uuid: z.string(),
  index: z.number().int(),
  name: z.string(),
  memory_bytes: z.number(),
  driver: z.string().nullable(),
  held_by: z.string().nullable(),
});

/** A target that jobs run on. `local` is always there. */
export const Compute = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  description: z.string().nullable(),
  tags: z.record(z.string(), z.string()),
  is_default: z.boolean(),
  provisioning_state: z.enum(["Succeeded", "Failed", "Unknown"]),
  /** Why the probe failed, in the target's words. */
  fault: z.string().nullable(),
  facts: z
    .object({
      os: z.string(),
      arch: z.string(),
      hostname: z.string(),
      cores: z.number(),
      memory_bytes: z.number(),
      disk_free_bytes: z.number(),
      python: z.string().nullable(),
      container_engine: z.string().nullable().optional(),
      scheduler: z.string().nullable().optional(),
      gpus: z.array(Device),
    })
    .nullable(),
  running: z.array(z.string()),
  queued: z.array(z.string()),
  creation_context: CreationContext,
  document: z.record(z.string(), z.unknown()),
});
export type Compute = z.infer<typeof Compute>;

export const Workspace = z.object({
  id: z.string(),
  name: z.string(),
  display_name: z.string(),
  description: z.string().nullable(),
  tags: z.record(z.string(), z.string()),
  is_default: z.boolean(),
  default_compute: z.string(),
  mlflow_tracking_uri: z.string(),
  /** Jobs and runs that ended so many days ago are deleted when the engine collects. */
  retention_days: z.number().nullable(),
  archived: z.boolean(),
  creation_context: CreationContext,
});
export type Workspace = z.infer<typeof Workspace>;

/** URL prefix → folder, for machines without internet. */
export const Mirror = z.object({ prefix: z.string(), path: z.string() });
export type Mirror = z.infer<typeof Mirror>;

export const EngineStatus = z.object({
  pid: z.number().int(),
  build: z.string(),
  version: z.string(),
  node: z.string(),
  node_path: z.string(),
  started_at: z.number(),
  home: z.string(),
  socket: z.string(),
  url: z.string(),
  mlflow_tracking_uri: z.string(),
  workspace: z.string(),
  running: z.number().int(),
  queued: z.number().int(),
  memory_bytes: z.number(),
  store: z.object({
    path: z.string(),
    bytes: z.number(),
    state: z.enum(["ok", "read-only", "restored"]),
    detail: z.string(),
  }),
});
export type EngineStatus = z.infer<typeof EngineStatus>;
