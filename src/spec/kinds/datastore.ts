import * as z from "zod";
import { dictionaryOf, mapping, oneOf, rawDictionary, readOnly, schemaUrl, stringTags, text } from "./fields.ts";

const noCredentials = mapping({});
const accountKey = mapping({ account_key: text.describe("Key of the storage account.") });
const sasToken = mapping({ sas_token: text.describe("Shared access signature.") });
const tenant = {
  tenant_id: text.describe("Tenant of the identity."),
  client_id: text.describe("Client id of the identity."),
  authority_url: text.optional().describe("Authority that is asked for tokens."),
  resource_url: text.optional().describe("Resource that tokens are asked for."),
};
const servicePrincipal = mapping({ ...tenant, client_secret: text.describe("Secret of the identity.") });
const certificate = mapping({
  ...tenant,
  certificate: text.optional().describe("The certificate."),
  thumbprint: text.describe("Thumbprint of the certificate."),
});

const shared = {
  $schema: schemaUrl,
  id: readOnly,
  name: text.describe("Name of the datastore."),
  description: text.optional().describe("What the datastore holds."),
};
const storageCredentials = z
  .union([accountKey, sasToken, noCredentials])
  .optional()
  .describe("How to log in; none uses your own identity.");
const endpoint = text.optional().describe("Domain of the storage service, such as core.windows.net.");
const protocol = text.optional().describe("https or wasbs.");
const accountName = text.describe("Name of the storage account.");

const azureBlob = mapping({
  ...shared,
  type: oneOf(["azure_blob"], "exact").describe("A container of Azure Blob Storage."),
  account_name: accountName,
  container_name: text.describe("Name of the container."),
  endpoint,
  protocol,
  credentials: storageCredentials,
  tags: stringTags.optional(),
});
const azureFile = mapping({
  ...shared,
  type: oneOf(["azure_file"], "exact").describe("An Azure file share."),
  account_name: accountName,
  file_share_name: text.describe("Name of the file share."),
  endpoint,
  protocol,
  credentials: storageCredentials,
  tags: stringTags.optional(),
});
const dataLakeGen1 = mapping({
  ...shared,
  type: oneOf(["azure_data_lake_gen1"], "exact").describe("An Azure Data Lake, generation 1."),
  store_name: text.describe("Name of the data lake."),
  credentials: z.union([servicePrincipal, certificate, noCredentials]).optional().describe("How to log in."),
  tags: dictionaryOf(rawDictionary).optional().describe("Labels of your own."),
});
const dataLakeGen2 = mapping({
  ...shared,
  type: oneOf(["azure_data_lake_gen2"], "exact").describe("An Azure Data Lake, generation 2."),
  account_name: accountName,
  filesystem: text.describe("Name of the file system."),
  endpoint,
  protocol,
  credentials: z.union([servicePrincipal, certificate, noCredentials]).optional().describe("How to log in."),
  tags: stringTags.optional(),
});
const oneLake = mapping({
  ...shared,
  type: oneOf(["one_lake"], "exact").describe("A OneLake artifact of Microsoft Fabric."),
  one_lake_workspace_name: text.describe("Name of the OneLake workspace."),
  endpoint: text.describe("Endpoint of OneLake."),
  artifact: mapping({
    type: oneOf(["lake_house"], "snake").optional().describe("Kind of artifact."),
    name: text.describe("Name of the artifact."),
  }).describe("The artifact in the workspace."),
  credentials: z.union([servicePrincipal, noCredentials]).optional().describe("How to log in."),
  tags: stringTags.optional(),
});
const localFolder = mapping({
  ...shared,
  type: oneOf(["local_folder"], "exact").describe(
    "A folder of this machine. Slipway's own type; Azure ML does not know it.",
  ),
  path: text.describe("The folder. Relative to this file."),
  tags: stringTags.optional(),
});

export const datastoreTypes = [
  "azure_blob",
  "azure_file",
  "azure_data_lake_gen1",
  "azure_data_lake_gen2",
  "one_lake",
  "local_folder",
] as const;

/** `az ml datastore create`, and Slipway's own `local_folder`. */
export const datastore = z
  .union([azureBlob, azureFile, dataLakeGen1, dataLakeGen2, oneLake, localFolder])
  .describe("A datastore: a named place where data is kept.");

export type DatastoreFile = z.output<typeof datastore>;
