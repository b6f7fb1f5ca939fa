import { anyDictionary, mapping, oneOf, readOnly, schemaUrl, text, version } from "./fields.ts";
import { autoDelete } from "./jobParts.ts";

/** `az ml data create`. */
export const data = mapping({
  $schema: schemaUrl,
  id: readOnly,
  creation_context: readOnly,
  latest_version: readOnly,
  properties: readOnly,
  name: text.describe("Name of the data asset."),
  version: version.optional().describe("Version; counted up when left out."),
  type: oneOf(["uri_file", "uri_folder", "mltable"], "exact")
    .optional()
    .describe("uri_file, uri_folder or mltable; uri_folder when left out."),
  path: text.describe("Where the data is: a local path, azureml://datastores/…, https://… or wasbs://…"),
  description: text.optional().describe("What the data is."),
  tags: anyDictionary.optional().describe("Labels of your own."),
  datastore: text.optional().describe("Datastore to upload local data to."),
  auto_delete_setting: autoDelete.optional(),
}).describe("A data asset: a file, a folder or a table, with a name and versions.");
