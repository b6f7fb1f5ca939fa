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

const datastorePlaces = [
  "account_name",
  "store_name",
  "one_lake_workspace_name",
  "path",
  "container_name",
  "filesystem",
  "file_share_name",
];
const connectionPlaces = ["target", "credentials", "url", "connection_string", "azure_endpoint", "endpoint"];

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

/** The first rule that fits decides. `type` is in lower case. */
const typeRules: [
  fits: (type: string, has: Has) => boolean,
  kind: KindName | ((type: string, has: Has) => KindName),
][] = [
  [(type) => type in fineTuningTypes, (type) => fineTuningTypes[type]!],
  [(type, has) => type === "pipeline" && has("endpoint_name"), "batch deployment (pipeline)"],
  [(_, has) => has("auth_mode"), "online endpoint"],
  [
    (type, has) =>
      (computeTypes as readonly string[]).includes(type) &&
      !has("endpoint_name", "code_configuration", "instance_type"),
    "compute",
  ],
  [(type, has) => (datastoreTypes as readonly string[]).includes(type) && has(...datastorePlaces), "datastore"],
  [(type, has) => has("source") && [...dataTypes, "database", "file_system"].includes(type), "data import"],
  [(type, has) => modelTypes.includes(type) && has("path", "name"), "model"],
  [(type, has) => dataTypes.includes(type) && has("path"), "data"],
  [(type) => type === "flow", "promptflow"],
  [(type) => type === "pipeline_component", "component:pipeline"],
  [(type, has) => type === "model" && has("settings", "model"), "batch deployment (model)"],
  [(type, has) => connectionTypes.includes(type) && has(...connectionPlaces), "connection"],
];

function byType(root: SpecNode, type: string | undefined, has: Has): KindName | undefined {
  if (type === undefined) return undefined;
  if (jobTypes.includes(type) && !(type === "pipeline" && has("endpoint_name"))) {
    return `${looksLikeComponent(root, has) ? "component" : "job"}:${type}` as KindName;
  }
  const rule = typeRules.find(([fits]) => fits(type, has));
  return typeof rule?.[1] === "function" ? rule[1](type, has) : rule?.[1];
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

/** The first rule whose groups of keys are all there (one key of each) decides. */
const keyRules: [groups: string[][], kind: KindName | ((has: Has) => KindName)][] = [
  [[["trigger"], ["create_job", "create_monitor", "import_data"]], scheduleKind],
  [[["primary_location", "replication_locations", "managed_resource_group_tags"]], "registry"],
  [[["inferencing_server", "target_environment_name", "target_environment"]], "model package"],
  [[["nodes"], ["inputs", "outputs"]], "promptflow"],
  [[["auth_mode"]], "online endpoint"],
  [
    [
      ["mini_batch_size", "output_action"],
      ["model", "compute"],
    ],
    "batch deployment (model)",
  ],
  [[["endpoint_name"], ["job_definition", "component"]], "batch deployment (pipeline)"],
  [
    [
      ["endpoint_name", "instance_type", "instance_count"],
      ["model", "environment", "code_configuration", "name"],
    ],
    "online deployment",
  ],
  [[["model_id"], ["name"]], "serverless endpoint"],
  [[["materialization_settings", "entities"], ["specification"]], "feature set"],
  [[["index_columns"]], "feature store entity"],
  [[["compute_runtime", "offline_store", "online_store"]], "feature store"],
];

function byKeys(root: SpecNode, has: Has): KindName | null {
  const rule = keyRules.find(([groups]) => groups.every((group) => has(...group)));
  if (rule) return typeof rule[1] === "function" ? rule[1](has) : rule[1];
  if (has("jobs") && !has("steps", "on")) return has("version") ? "component:pipeline" : "job:pipeline";
  if (has("command") && has("environment", "code", "compute")) {
    return looksLikeComponent(root, has) && has("version", "is_deterministic") ? "component:command" : "job:command";
  }
  if (has("name") && has("image", "conda_file", "build") && !has("dependencies", "services")) return "environment";
  return looksLikeWorkspace(root, has)
    ? "workspace"
    : has("name") && has("path") && has("flavors", "stage")
      ? "model"
      : null;
}

function looksLikeWorkspace(root: SpecNode, has: Has): boolean {
  if (!has("name")) return false;
  if (has(...workspaceKeys)) return true;
  const keys = root.kind === "mapping" ? root.entries.map((entry) => entry.key) : [];
  return has("location", "resource_group") && keys.every((key) => plainWorkspaceKeys.includes(key));
}
