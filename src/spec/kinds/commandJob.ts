import { dictionaryOf, mapping, oneOf, readOnly, schemaUrl, text } from "./fields.ts";
import { environmentField } from "./environmentParts.ts";
import {
  distribution,
  environmentVariables,
  identity,
  jobInputs,
  jobOutputs,
  limits,
  queueSettings,
  resources,
  services,
} from "./jobParts.ts";
import * as z from "zod";

const nullableTags = dictionaryOf(z.union([text, z.null()]));

/** `az ml job create`: one command on one compute. */
export const commandJob = mapping({
  $schema: schemaUrl,
  id: readOnly,
  creation_context: readOnly,
  status: readOnly,
  log_files: readOnly,
  parameters: readOnly,
  type: oneOf(["command"], "exact").optional().describe("Kind of job; command when left out."),
  name: text.optional().describe("Name of the job, unique in the workspace. One is made up when left out."),
  display_name: text.optional().describe("Name to show. Need not be unique."),
  experiment_name: text
    .optional()
    .describe("Experiment that the job is listed under; the folder's name when left out."),
  description: text.optional().describe("What the job does."),
  tags: nullableTags.optional().describe("Labels of your own: names and values, all text."),
  properties: nullableTags.optional().describe("Further properties of the run, all text."),
  command: text.describe("The bash command. ${{inputs.NAME}} and ${{outputs.NAME}} become values and paths."),
  code: text
    .optional()
    .describe("Folder (or one file) that is sent with the job and is its working directory. Relative to this file."),
  environment: environmentField,
  compute: text
    .optional()
    .describe("Where to run: azureml:NAME, or local. The workspace's default target when left out."),
  inputs: jobInputs.optional(),
  outputs: jobOutputs.optional(),
  environment_variables: environmentVariables.optional(),
  resources: resources.optional(),
  limits: limits.optional(),
  distribution: distribution.optional(),
  services: services.optional(),
  identity: identity.optional(),
  queue_settings: queueSettings.optional(),
  parent_job_name: text.optional().describe("Job that this one is listed under."),
}).describe("A command job: one command, its code, environment, inputs and outputs.");

export type CommandJobFile = z.output<typeof commandJob>;

/** Keys of Azure's jobs that a component takes and does not use. */
export const jobOnlyKeys = [
  "limits",
  "environment_variables",
  "compute",
  "experiment_name",
  "services",
  "identity",
] as const;
