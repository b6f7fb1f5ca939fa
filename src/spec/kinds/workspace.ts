import * as z from "zod";
import { workspaceIdentity } from "./cloudIdentity.ts";
import { bool, mapping, oneOf, openMapping, readOnly, schemaUrl, stringTags, text } from "./fields.ts";

const armIdPattern =
  /^\/subscriptions\/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{11,12}\/resourcegroups\/.*\/providers\/[a-z.]*\/[a-z]*\/.*$/i;
const armId = text.regex(
  armIdPattern,
  "An ARM id is expected: /subscriptions/ID/resourceGroups/GROUP/providers/NAMESPACE/TYPE/NAME.",
);

const ruleShape = {
  name: text.describe("Name of the rule."),
  parent_rule_names: readOnly,
  category: readOnly,
  status: readOnly,
};
const outboundRule = z.union([
  openMapping({
    ...ruleShape,
    type: oneOf(["private_endpoint"], "exact").optional().describe("A private endpoint."),
    destination: mapping({
      service_resource_id: text.describe("ARM id of the service."),
      subresource_target: text.describe("Part of the service, such as blob."),
      spark_enabled: bool.describe("Whether Spark reaches it."),
    }).describe("Where the rule leads."),
    fqdns: z.array(text).optional().describe("Names of the service."),
  }),
  openMapping({
    ...ruleShape,
    type: oneOf(["service_tag"], "exact").optional().describe("A service tag."),
    destination: mapping({
      service_tag: text.describe("The tag."),
      protocol: text.describe("TCP, UDP, ICMP or *."),
      port_ranges: text.describe("Ports, such as 80, 8080-8089."),
      address_prefixes: z.array(text).optional().describe("Addresses."),
    }).describe("Where the rule leads."),
  }),
  openMapping({
    ...ruleShape,
    type: oneOf(["fqdn"], "exact").optional().describe("A domain name."),
    destination: text.describe("The domain name."),
  }),
]);

const ipRules = z.array(mapping({ value: text.describe("The address, or a range of addresses.") }));
const networkAcls = z
  .union([
    mapping({
      default_action: oneOf(["Deny"], "exact").describe("Deny: only the addresses listed are let in."),
      ip_rules: ipRules.min(1, "ip_rules must be given when default_action is Deny").describe("Addresses let in."),
    }),
    mapping({
      default_action: oneOf(["Allow"], "exact").describe("Allow: every address is let in."),
      ip_rules: z.union([ipRules, z.null()]).optional().describe("Addresses let in."),
    }),
  ])
  .describe("Which addresses are let in.");

const workspaceShape = {
  $schema: schemaUrl,
  id: readOnly,
  mlflow_tracking_uri: readOnly,
  name: text.describe("Name of the workspace."),
  location: text.optional().describe("Region of the workspace."),
  resource_group: text.optional().describe("Resource group."),
  display_name: text.optional().describe("Name to show."),
  description: text.optional().describe("What the workspace is for."),
  tags: stringTags.optional(),
  hbi_workspace: bool.optional().describe("Whether the data has a high business impact."),
  storage_account: armId.optional().describe("Storage account, by ARM id."),
  container_registry: armId.optional().describe("Container registry, by ARM id."),
  key_vault: armId.optional().describe("Key vault, by ARM id."),
  application_insights: armId.optional().describe("Application Insights, by ARM id."),
  workspace_hub: armId.optional().describe("Hub, by ARM id."),
  customer_managed_key: mapping({
    key_vault: text.optional().describe("Key vault, by ARM id."),
    key_uri: text
      .regex(
        /^(?:https?|ftps?):\/\/[^/\s]+\.[^/\s]+/i,
        "A URL is expected, such as https://VAULT.vault.azure.net/keys/NAME/VERSION.",
      )
      .optional()
      .describe("URL of the key."),
    cosmosdb_id: text.optional().describe("Cosmos DB of your own."),
    storage_id: text.optional().describe("Storage of your own."),
    search_id: text.optional().describe("Search service of your own."),
  })
    .optional()
    .describe("Key of your own for encryption."),
  image_build_compute: text.optional().describe("Compute that builds images."),
  public_network_access: oneOf(["Disabled", "Enabled"], "pascal").optional().describe("Enabled or Disabled."),
  network_acls: networkAcls.optional(),
  system_datastores_auth_mode: text
    .optional()
    .describe("How the default datastores are reached: accesskey or identity."),
  identity: workspaceIdentity.optional(),
  primary_user_assigned_identity: text.optional().describe("Identity to use when there are several."),
  managed_network: openMapping({
    network_id: readOnly,
    isolation_mode: oneOf(["disabled", "allow_internet_outbound", "allow_only_approved_outbound"], "snake").describe(
      "How closed the network is.",
    ),
    outbound_rules: z
      .union([z.array(outboundRule), z.null()])
      .optional()
      .describe("What is let out."),
    firewall_sku: oneOf(["standard", "basic"], "snake").optional().describe("Kind of firewall."),
    status: z.unknown().optional(),
  })
    .optional()
    .describe("Network that Azure runs for the workspace."),
  provision_network_now: bool.optional().describe("Make the network at once."),
  enable_data_isolation: bool.optional().describe("Keep the data of projects apart."),
  allow_roleassignment_on_rg: bool.optional().describe("Whether roles are assigned on the resource group."),
  discovery_url: text.optional().describe("Discovery address."),
  serverless_compute: mapping({
    custom_subnet: z
      .union([
        text.regex(/^None$|^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/.+$/i, "An ARM id is expected."),
        z.null(),
      ])
      .optional()
      .describe("Subnet, by ARM id."),
    no_public_ip: bool.optional().describe("Whether nodes have no public address."),
  })
    .optional()
    .describe("Network of serverless computes."),
};

/** `az ml workspace create`; hubs and projects are workspaces with a `kind`. */
export const workspace = z
  .union([
    mapping(workspaceShape),
    mapping({
      ...workspaceShape,
      kind: oneOf(["hub"]).describe("A hub: a workspace whose settings projects share."),
      default_resource_group: text.optional().describe("Resource group of new projects, by ARM id."),
      default_workspace_resource_group: text.optional(),
      enable_data_isolation: bool.optional().describe("Keep the data of projects apart."),
      associated_workspaces: readOnly,
      additional_workspace_storage_accounts: z.unknown().optional(),
    }),
    mapping({
      ...workspaceShape,
      kind: oneOf(["project"]).describe("A project of a hub."),
      hub_id: text.describe("The hub, by ARM id."),
    }),
  ])
  .describe("A workspace: jobs, assets and computes of a team.");

export type WorkspaceFile = z.output<typeof workspace>;
