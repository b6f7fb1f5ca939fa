/** The kinds that are fully known here. The names are those that Azure's verbs suggest: `job:command` is a job of type command. */
export const knownKinds = [
  "job:command",
  "component:command",
  "environment",
  "data",
  "model",
  "datastore",
  "compute",
  "workspace",
] as const;

export type KnownKind = (typeof knownKinds)[number];

/** Kinds of Azure ML that are recognised and not looked into yet. */
export const otherKinds = [
  "job:pipeline",
  "job:sweep",
  "job:automl",
  "job:spark",
  "job:parallel",
  "job:import",
  "job:data_transfer",
  "job:finetuning",
  "job:distillation",
  "component:pipeline",
  "component:sweep",
  "component:automl",
  "component:spark",
  "component:parallel",
  "component:import",
  "component:data_transfer",
  "component:flow",
  "online endpoint",
  "online deployment",
  "batch endpoint",
  "batch deployment (model)",
  "batch deployment (pipeline)",
  "serverless endpoint",
  "schedule",
  "monitor schedule",
  "data-import schedule",
  "data import",
  "connection",
  "registry",
  "model package",
  "feature set",
  "feature store",
  "feature store entity",
  "deployment template",
  "index",
  "promptflow",
  "capability host",
] as const;

export type OtherKind = (typeof otherKinds)[number];
export type KindName = KnownKind | OtherKind;

export function isKnownKind(kind: string | null): kind is KnownKind {
  return (knownKinds as readonly (string | null)[]).includes(kind);
}
