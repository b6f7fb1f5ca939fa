import * as z from "zod";
import { mapping, oneOf, rawDictionary, readOnly, schemaUrl, text, version } from "./fields.ts";

const templateReference = mapping({ asset_id: text.optional().describe("Id of the deployment template.") });

/** `az ml model create`. */
export const model = mapping({
  $schema: schemaUrl,
  id: readOnly,
  utc_time_created: readOnly,
  creation_context: readOnly,
  job_name: readOnly,
  latest_version: readOnly,
  intellectual_property: readOnly,
  name: text.describe("Name of the model."),
  version: version.optional().describe("Version; counted up when left out."),
  type: oneOf(["custom_model", "mlflow_model", "triton_model"])
    .optional()
    .describe("custom_model (the default), mlflow_model or triton_model."),
  path: text
    .optional()
    .describe("Where the model's files are: a local path, runs:/…, azureml://jobs/… or azureml://datastores/…"),
  description: text.optional().describe("What the model does."),
  tags: rawDictionary.optional().describe("Labels of your own."),
  properties: rawDictionary.optional().describe("Further properties."),
  flavors: rawDictionary.optional().describe("MLflow flavors of the model."),
  stage: text.optional().describe("Stage, such as Production."),
  datastore: text.optional().describe("Datastore to upload local files to."),
  system_metadata: rawDictionary.optional().describe("Metadata of the service."),
  default_deployment_template: templateReference.optional().describe("Template for deploying the model."),
  allowed_deployment_templates: z
    .array(templateReference)
    .optional()
    .describe("Templates that the model may be deployed with."),
}).describe("A model: files with a name and versions.");
