import * as z from "zod";
import { PyFloat } from "../yaml/values.ts";
import { environmentField } from "./environmentParts.ts";
import { bool, dictionaryOf, mapping, notNull, oneOf, openMapping, readOnly, stringTags, text } from "./fields.ts";
import { autoDelete, componentResources, distribution, queueSettings } from "./jobParts.ts";

const parameterTypes = ["boolean", "integer", "number", "string"] as const;
const portTypes = [
  "path",
  "custom_model",
  "mlflow_model",
  "mltable",
  "triton_model",
  "uri_file",
  "uri_folder",
] as const;
const modes = [
  "direct",
  "download",
  "eval_download",
  "eval_mount",
  "mount",
  "ro_mount",
  "rw_mount",
  "upload",
  "link",
] as const;

const description = text.optional().describe("What it is.");
const mode = oneOf(modes, "exact").optional().describe("How the data comes to the command.");
const numberLike = z
  .custom<string | number | bigint | PyFloat>(
    (value) => value instanceof PyFloat || ["string", "number", "bigint"].includes(typeof value),
    "a number is expected",
  )
  .optional();
const defaultValue = z
  .custom<string | number | bigint | boolean | PyFloat>(
    (value) => value instanceof PyFloat || ["string", "number", "bigint", "boolean"].includes(typeof value),
    "a text, a number or a boolean is expected",
  )
  .optional();

const parameter = mapping({
  type: oneOf(parameterTypes, "exact").describe("Type of the value: string, integer, number or boolean."),
  description,
  optional: bool.optional().describe("Whether the input may be left out."),
  default: defaultValue.describe("Value when none is given. It is cast to the type: 1024 of type number is 1024.0."),
  min: numberLike.describe("Smallest value."),
  max: numberLike.describe("Largest value."),
  enum: z.array(text).optional().describe("The only values allowed, as text."),
});
const inputPort = mapping({
  type: oneOf(portTypes, "exact").describe("Type of the data: uri_file, uri_folder, mltable or a model."),
  description,
  optional: bool.optional().describe("Whether the input may be left out."),
  default: text.optional().describe("Not allowed for data."),
  mode,
});
const outputPort = mapping({
  type: oneOf(portTypes, "exact").describe("Type of the data: uri_file, uri_folder, mltable or a model."),
  description,
  mode,
});
const primitiveOutput = openMapping({
  type: oneOf(parameterTypes, "exact").describe("Type of the value: string, integer, number or boolean."),
  description,
  mode,
});

const ignored = z.unknown().optional().describe("A component takes this key and does not use it; set it on the job.");

/** `az ml component create`: a command with declared inputs and outputs, to be used by jobs and pipelines. */
export const commandComponent = mapping({
  $schema: text.optional().describe("The JSON schema of this file. It tells editors what kind of file this is."),
  id: readOnly,
  creation_context: readOnly,
  latest_version: readOnly,
  name: text.describe("Name of the component: lower case letters, digits and '_', beginning with a letter."),
  version: z.unknown().optional().describe("Version; counted up when left out."),
  type: z
    .union([oneOf(["command"]), z.null()])
    .optional()
    .describe("Kind of component: command."),
  display_name: text.optional().describe("Name to show."),
  description: text.optional().describe("What the component does."),
  tags: stringTags.optional(),
  is_deterministic: bool
    .optional()
    .describe("Whether the same inputs give the same outputs, so that a result can be used again."),
  command: text.describe("The bash command. ${{inputs.NAME}} and ${{outputs.NAME}} become values and paths."),
  code: text.optional().describe("Folder (or one file) with the code. Relative to this file."),
  environment: environmentField,
  inputs: dictionaryOf(z.union([parameter, inputPort]))
    .optional()
    .describe("Inputs of the component, with their types."),
  outputs: dictionaryOf(z.union([outputPort, primitiveOutput]))
    .optional()
    .describe("Outputs of the component, with their types."),
  resources: componentResources.optional(),
  distribution: distribution.optional(),
  queue_settings: queueSettings.optional(),
  properties: dictionaryOf(notNull).optional().describe("Further properties."),
  additional_includes: z
    .array(text)
    .optional()
    .describe("Further files and folders to lie beside the code. Relative to this file."),
  auto_delete_setting: autoDelete.optional(),
  limits: ignored,
  environment_variables: ignored,
  compute: ignored,
  experiment_name: ignored,
  services: ignored,
  identity: ignored,
}).describe("A command component: a command with declared inputs and outputs.");

export type CommandComponentFile = z.output<typeof commandComponent>;
