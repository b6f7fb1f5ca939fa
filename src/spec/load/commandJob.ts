import type { CommandJobFile } from "../kinds/commandJob.ts";
import { baseName } from "../paths.ts";
import { PyFloat, type PyScalar } from "../yaml/values.ts";
import type { LoadedCommandJob, LoadedInput, LoadedOutput } from "./loaded.ts";
import { compact, environmentOf, literalOf, locate, plainRecord, textDictionary, type LoadContext } from "./parts.ts";

/** A command job with Azure's defaults. */
export function loadCommandJob(file: CommandJobFile, context: LoadContext, workingFolder: string): LoadedCommandJob {
  return compact({
    kind: "job:command" as const,
    name: file.name,
    displayName: file.display_name,
    experimentName: file.experiment_name ?? defaultExperiment(workingFolder),
    description: file.description,
    tags: textDictionary(file.tags),
    properties: textDictionary(file.properties),
    command: file.command,
    code: file.code === undefined ? undefined : locate(context, file.code),
    environment: environmentOf(context, file.environment),
    compute: file.compute === undefined ? undefined : computeOf(file.compute),
    inputs: mapValues(file.inputs ?? {}, (input) => inputOf(input, context)),
    outputs: mapValues(file.outputs ?? {}, outputOf),
    environmentVariables: textDictionary(file.environment_variables),
    timeout: file.limits?.timeout,
    resources: plainRecord(file.resources),
    distribution: plainRecord(file.distribution),
    services: mapValues(file.services ?? {}, (service) => plainRecord(service) ?? {}),
    identity: plainRecord(file.identity),
    queueSettings: plainRecord(file.queue_settings),
    parentJobName: file.parent_job_name,
  }) as LoadedCommandJob;
}

/** As Azure's SDK: the working folder's name up to its last dot, without spaces; `Default` when nothing is left. */
function defaultExperiment(folder: string): string {
  const name = baseName(folder);
  const dot = name.lastIndexOf(".");
  const stem = dot > 0 ? name.slice(0, dot) : name;
  return stem.replaceAll(" ", "").replace(/^\.+$/, "") || "Default";
}

function computeOf(given: string): { given: string; name: string } {
  const name = given.startsWith("azureml:") ? given.slice("azureml:".length) : given;
  return { given, name: name.includes("/") ? (name.split("/").at(-1) ?? name) : name };
}

type FileInput = NonNullable<CommandJobFile["inputs"]>[string];
type FileOutput = NonNullable<CommandJobFile["outputs"]>[string];

function inputOf(input: FileInput, context: LoadContext): LoadedInput {
  if (typeof input !== "object" || input instanceof PyFloat) return { kind: "literal", ...literalOf(input) };
  if ("value" in input && input.value !== undefined) return { kind: "literal", ...literalOf(input.value as PyScalar) };
  const data = input as { type?: string; path?: string; mode?: string };
  const type = data.type ?? "uri_folder";
  const mode = data.mode ?? (type === "mltable" ? "eval_mount" : "ro_mount");
  return { kind: "data", type, mode, ...locate(context, data.path ?? "") };
}

function outputOf(output: FileOutput): LoadedOutput {
  const { type = "uri_folder", mode = "rw_mount", path, name, version } = output ?? {};
  return compact({ type, mode, path, name, version }) as LoadedOutput;
}

function mapValues<In, Out>(record: Record<string, In>, map: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
