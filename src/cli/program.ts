import type { AssetKind } from "#contract/entities/assetKind.ts";
import type { Verbs } from "./parse/command.ts";
import type { Entries } from "./parse/entries.ts";

const assets = (kind: AssetKind) => async (): Promise<Verbs> => (await import("./commands/assets.ts")).assetVerbs(kind);

export const program: Entries = {
  job: {
    summary: "Submit jobs, follow them, get what they made.",
    verbs: async () => (await import("./commands/job/verbs.ts")).verbs,
  },
  data: { summary: "Data assets.", verbs: assets("data") },
  environment: { summary: "Environments that jobs run in.", verbs: assets("environment") },
  model: { summary: "Registered models.", verbs: assets("model") },
  component: { summary: "Components: steps to be used again.", verbs: assets("component") },
  datastore: {
    summary: "Named places of data.",
    verbs: async () => (await import("./commands/datastore.ts")).verbs,
  },
  compute: {
    summary: "Targets that jobs run on.",
    verbs: async () => (await import("./commands/compute.ts")).verbs,
  },
  workspace: {
    summary: "Workspaces of this engine.",
    verbs: async () => (await import("./commands/workspace.ts")).verbs,
  },
  mirror: {
    summary: "Folders that stand for URLs on machines without internet.",
    verbs: async () => (await import("./commands/mirror.ts")).verbs,
  },
  engine: {
    summary: "The background process that runs jobs and keeps their records.",
    verbs: async () => (await import("./commands/engine.ts")).verbs,
  },
  import: {
    summary: "Take over what another tool has recorded.",
    verbs: async () => (await import("./commands/import.ts")).verbs,
  },
  export: {
    summary: "Write what is recorded for another tool.",
    verbs: async () => (await import("./commands/export.ts")).verbs,
  },
  validate: {
    summary: "Check Azure ML YAML files, without an engine.",
    command: async () => (await import("./commands/validate.ts")).validate,
  },
  env: {
    summary: "Print what MLflow clients need as `export` lines.",
    command: async () => (await import("./commands/env.ts")).env,
  },
  gc: {
    summary: "Remove what nothing refers to any more.",
    command: async () => (await import("./commands/gc.ts")).gc,
  },
  diagnostics: {
    summary: "Write one file with what helps to find a fault, without secrets.",
    command: async () => (await import("./commands/diagnostics.ts")).diagnostics,
  },
  completion: {
    summary: "Completion of the command line in bash, zsh, fish and PowerShell.",
    verbs: async () => (await import("./completion/verbs.ts")).completionVerbs(program),
  },
  az: {
    summary: "The commands of scripts written for the Azure CLI: `az ml …` is `slipway …`.",
    entries: async () => (await import("./az/azProgram.ts")).azProgram,
  },
};
