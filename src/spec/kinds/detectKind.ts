import { entryOf, nodeAt, stringAt, type SpecNode } from "../yaml/node.ts";
import { computeTypes } from "./compute.ts";
import { datastoreTypes } from "./datastore.ts";
import type { KindName } from "./kindName.ts";
import { kindOfSchemaUrl } from "./kindOfSchema.ts";

const jobTypes = ["command", "pipeline", "sweep", "automl", "spark", "parallel", "import", "data_transfer"];
const fineTuningTypes: Record<string, KindName> = {
  finetuning: "job:finetuning",
  fine_tuning: "job:finetuning",
  distillation: "job:distillation",
};
const modelTypes = ["custom_model", "mlflow_model", "triton_model"];
const dataTypes = ["uri_file", "uri_folder", "mltable"];
const connectionTypes =
  "git python_feed container_registry azure_sql_db azure_synapse_analytics azure_my_sql_db azure_postgres_db snowflake s3 azure_data_lake_gen_2 feature_store generic_container_registry azure_open_ai azure_ai_services azure_content_safety azure_speech_services azure_ai_search cognitive_search cognitive_service api_key custom open_ai serp serverless azure_blob_connection azure_one_lake".split(
    " ",
  );

/**
 * Which kind of Azure ML file this is: by `$schema`, else by `type` and the keys. `null`: none that is known.
 * Azure itself takes the kind from the verb (`az ml job create`) and never looks at `$schema`.
 */
export function detectKind(root: SpecNode | undefined): KindName | null {
  if (root?.kind !== "mapping") return null;
  const has = (...keys: string[]): boolean => keys.some((key) => entryOf(root, key) !== undefined);
  const schema = stringAt(root, ["$schema"]);
  const type = stringAt(root, ["type"])?.toLowerCase();
  const bySchema = schema === undefined ? undefined : kindOfSchemaUrl(schema);
  if (bySchema !== undefined) return refineBySchema(bySchema, type, has);
  return byType(root, type, has) ?? byKeys(root, has);
}

type Has = (...keys: string[]) => boolean;

function refineBySchema(kind: KindName, type: string | undefined, has: Has): KindName {
  if (kind.startsWith("job:") && type !== undefined) {
    if (jobTypes.includes(type)) return `job:${type}` as KindName;
    return fineTuningTypes[type] ?? kind;
  }
  if (kind === "schedule") return scheduleKind(has);
  return kind;
}

function scheduleKind(has: Has): KindName {
  if (has("create_monitor")) return "monitor schedule";
  return has("import_data") ? "data-import schedule" : "schedule";
}

function byType(root: SpecNode, type: string | undefined, has: Has): KindName | undefined {
  if (type === undefined) return undefined;
  if (fineTuningTypes[type]) return fineTuningTypes[type];
  if (jobTypes.includes(type)) {
    if (type !== "command" && has("endpoint_name")) return "batch deployment (pipeline)";
    return looksLikeComponent(root, has) ? (`component:${type}` as KindName) : (`job:${type}` as KindName);
  }
  if (has("auth_mode")) return "online endpoint";
  if (has("endpoint_name", "code_configuration", "instance_type")) return byKeys(root, has) ?? undefined;
  if ((computeTypes as readonly string[]).includes(type)) return "compute";
  if (
    (datastoreTypes as readonly string[]).includes(type) &&
    has(
      "account_name",
      "store_name",
      "one_lake_workspace_name",
      "path",
      "container_name",
      "filesystem",
      "file_share_name",
    )
  ) {
    return "datastore";
  }
  if (has("source") && [...dataTypes, "database", "file_system"].includes(type)) return "data import";
  if (modelTypes.includes(type) && has("path", "name")) return "model";
  if (dataTypes.includes(type) && has("path")) return "data";
  if (type === "flow") return "promptflow";
  if (type === "pipeline_component") return "component:pipeline";
  if (type === "model" && has("settings", "model")) return "batch deployment (model)";
  if (type === "pipeline" && has("endpoint_name")) return "batch deployment (pipeline)";
  if (
    connectionTypes.includes(type) &&
    has("target", "credentials", "url", "connection_string", "azure_endpoint", "endpoint")
  ) {
    return "connection";
  }
  return undefined;
}

/** A component declares inputs with a type and no value; a job gives them one. */
function looksLikeComponent(root: SpecNode, has: Has): boolean {
  if (has("experiment_name", "compute", "services", "limits", "settings", "parent_job_name")) return false;
  if (has("version", "is_deterministic", "additional_includes")) return true;
  if (!has("name")) return false;
  const inputs = nodeAt(root, ["inputs"]);
  if (inputs?.kind === "mapping" && inputs.entries.length > 0) {
    return inputs.entries.every(
      ({ value }) => entryOf(value, "type") && !entryOf(value, "path") && !entryOf(value, "value"),
    );
  }
  return has("display_name") || !has("environment_variables", "queue_settings", "identity");
}

const workspaceKeys =
  "hbi_workspace storage_account container_registry key_vault application_insights customer_managed_key image_build_compute public_network_access network_acls managed_network provision_network_now serverless_compute workspace_hub hub_id system_datastores_auth_mode primary_user_assigned_identity".split(
    " ",
  );
const plainWorkspaceKeys = [
  "$schema",
  "name",
  "location",
  "resource_group",
  "display_name",
  "description",
  "tags",
  "kind",
  "identity",
];

function byKeys(root: SpecNode, has: Has): KindName | null {
  if (has("trigger") && has("create_job", "create_monitor", "import_data")) return scheduleKind(has);
  if (has("primary_location", "replication_locations", "managed_resource_group_tags")) return "registry";
  if (has("inferencing_server", "target_environment_name", "target_environment")) return "model package";
  if (has("nodes") && has("inputs", "outputs")) return "promptflow";
  if (has("jobs") && !has("steps", "on")) return has("version") ? "component:pipeline" : "job:pipeline";
  if (has("auth_mode")) return "online endpoint";
  if (has("mini_batch_size", "output_action") && has("model", "compute")) return "batch deployment (model)";
  if (
    has("endpoint_name", "instance_type", "instance_count") &&
    has("model", "environment", "code_configuration", "name")
  ) {
    return has("job_definition", "component") ? "batch deployment (pipeline)" : "online deployment";
  }
  if (has("model_id") && has("name")) return "serverless endpoint";
  if (has("materialization_settings", "entities") && has("specification")) return "feature set";
  if (has("index_columns")) return "feature store entity";
  if (has("compute_runtime", "offline_store", "online_store")) return "feature store";
  if (has("command") && has("environment", "code", "compute")) {
    return looksLikeComponent(root, has) && has("version", "is_deterministic") ? "component:command" : "job:command";
  }
  if (has("name") && has("image", "conda_file", "build") && !has("dependencies", "services")) return "environment";
  if (has("name") && has(...workspaceKeys)) return "workspace";
  const keys = root.kind === "mapping" ? root.entries.map((entry) => entry.key) : [];
  if (has("name") && has("location", "resource_group") && keys.every((key) => plainWorkspaceKeys.includes(key)))
    return "workspace";
  if (has("name") && has("path") && has("flavors", "stage")) return "model";
  return null;
}
