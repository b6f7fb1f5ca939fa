import * as z from "zod";
import { bool, integerFrom, mapping, oneOf, rawDictionary, readOnly, schemaUrl, stringTags, text } from "./fields.ts";
import { computeIdentity } from "./cloudIdentity.ts";

const shared = {
  $schema: schemaUrl,
  id: readOnly,
  provisioning_errors: readOnly,
  provisioning_state: readOnly,
  created_on: readOnly,
  name: text.describe("Name of the compute."),
  description: text.optional().describe("What the compute is for."),
  location: text.optional().describe("Region of the compute."),
  tags: stringTags.optional(),
};
const size = text.optional().describe("Size of a node, such as STANDARD_DS3_v2.");
const resourceId = text.describe("ARM id of the machine or cluster that is attached.");
const network = mapping({
  vnet_name: text.optional().describe("Virtual network."),
  subnet: text.optional().describe("Subnet of the network, or its id."),
})
  .optional()
  .describe("Network that the compute stands in.");
const publicSsh = bool.optional().describe("Whether SSH is reachable from outside.");
const publicIp = bool.optional().describe("Whether nodes have a public address.");

const amlCompute = mapping({
  ...shared,
  type: oneOf(["amlcompute"]).describe("A cluster that grows and shrinks with its queue."),
  size,
  tier: oneOf(["low_priority", "dedicated"]).optional().describe("dedicated (the default) or low_priority."),
  min_instances: integerFrom(0).optional().describe("Nodes that are always there; 0 when left out."),
  max_instances: integerFrom(0).optional().describe("Most nodes; 1 when left out."),
  idle_time_before_scale_down: integerFrom(0).optional().describe("Idle seconds before a node is given back."),
  identity: computeIdentity.optional(),
  network_settings: network,
  ssh_public_access_enabled: publicSsh,
  ssh_settings: mapping({
    admin_username: text.describe("Name of the administrator."),
    admin_password: text.optional().describe("Password of the administrator."),
    ssh_key_value: text.optional().describe("Public key of the administrator."),
  })
    .optional()
    .describe("Who can log in to the nodes."),
  enable_node_public_ip: publicIp,
  resource_id: text.optional().describe("ARM id of an existing cluster."),
});

const cron = mapping({
  type: oneOf(["cron"]).describe("By a cron expression."),
  expression: text.describe("The cron expression."),
  start_time: text.optional().describe("When it begins to count."),
  time_zone: text.optional().describe("Time zone, by its Windows name."),
});
const weekDays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;
const recurrence = mapping({
  type: oneOf(["recurrence"]).describe("By a recurrence."),
  frequency: oneOf(["minute", "hour", "day", "week", "month"]).describe("Unit of the interval."),
  interval: integerFrom(1).describe("Units between two times."),
  start_time: text.optional().describe("When it begins to count."),
  time_zone: text.optional().describe("Time zone, by its Windows name."),
  schedule: mapping({
    hours: z.array(integerFrom(0, 23)).describe("Hours of the day."),
    minutes: z.array(integerFrom(0, 59)).describe("Minutes of the hour."),
    week_days: z.array(oneOf(weekDays)).optional().describe("Days of the week."),
  })
    .optional()
    .describe("Times within the frequency."),
});
const startStop = mapping({
  action: oneOf(["start", "stop"]).describe("start or stop."),
  state: oneOf(["enabled", "disabled"]).optional().describe("Whether the schedule counts."),
  trigger: z.union([cron, recurrence]).optional().describe("When."),
});
const script = mapping({
  path: text.optional().describe("Path of the script."),
  command: text.optional().describe("Command to run."),
  timeout_minutes: integerFrom(1).optional().describe("Minutes it may take."),
});
const application = mapping({
  name: text.describe("Name of the application."),
  type: oneOf(["docker"]).optional().describe("docker."),
  image: mapping({ reference: text.describe("The image.") }).describe("Image to run."),
  endpoints: z
    .array(mapping({ target: integerFrom(1025, 65_535), published: integerFrom(1025, 65_535) }))
    .describe("Ports."),
  bind_mounts: z
    .array(mapping({ source: text, target: text }))
    .optional()
    .describe("Folders to mount."),
  environment_variables: rawDictionary.optional().describe("Environment variables."),
});
const computeInstance = mapping({
  ...shared,
  state: readOnly,
  last_operation: readOnly,
  services: readOnly,
  os_image_metadata: readOnly,
  type: oneOf(["computeinstance"]).describe("One machine of a person's own."),
  size,
  identity: computeIdentity.optional(),
  create_on_behalf_of: mapping({ user_tenant_id: text, user_object_id: text })
    .optional()
    .describe("Whose machine it is."),
  custom_applications: z.array(application).optional().describe("Applications that run on it."),
  enable_node_public_ip: publicIp,
  enable_os_patching: bool.optional().describe("Whether the system updates itself."),
  enable_root_access: bool.optional().describe("Whether the user is root."),
  enable_sso: bool.optional().describe("Whether single sign-on is on."),
  idle_time_before_shutdown: text.optional().describe("Idle time before it stops, such as PT30M."),
  idle_time_before_shutdown_minutes: integerFrom(1).optional().describe("Idle minutes before it stops."),
  network_settings: network,
  release_quota_on_stop: bool.optional().describe("Whether the quota is given back when it stops."),
  resource_id: text.optional().describe("ARM id of an existing instance."),
  schedules: mapping({ compute_start_stop: z.array(startStop).optional().describe("When it starts and stops.") })
    .optional()
    .describe("Schedules."),
  setup_scripts: mapping({
    creation_script: script.optional().describe("Runs when the machine is made."),
    startup_script: script.optional().describe("Runs at each start."),
  })
    .optional()
    .describe("Scripts that prepare the machine."),
  ssh_public_access_enabled: publicSsh,
  ssh_settings: mapping({ ssh_key_value: text.optional().describe("Public key.") })
    .optional()
    .describe("Who can log in."),
});

const kubernetes = mapping({
  ...shared,
  type: oneOf(["kubernetes"]).describe("A Kubernetes cluster."),
  namespace: text.optional().describe("Namespace; default when left out."),
  identity: computeIdentity.optional(),
  properties: rawDictionary.optional().describe("Further properties."),
  resource_id: text.optional().describe("ARM id of the cluster."),
});
const virtualMachine = mapping({
  ...shared,
  compute_location: readOnly,
  type: oneOf(["virtualmachine"]).describe("A machine that is attached."),
  resource_id: resourceId,
  ssh_settings: mapping({
    admin_username: text.describe("User to log in as."),
    admin_password: text.optional().describe("Password of the user."),
    ssh_port: integerFrom(1, 65_535).optional().describe("Port of SSH; 22 when left out."),
    ssh_private_key_file: text.optional().describe("Private key file. Relative to this file."),
  })
    .optional()
    .describe("How to log in to the machine."),
});
const synapseSpark = mapping({
  ...shared,
  node_family: readOnly,
  node_size: readOnly,
  node_count: readOnly,
  spark_version: readOnly,
  scale_settings: readOnly,
  auto_pause_settings: readOnly,
  type: oneOf(["synapsespark"]).describe("A Synapse Spark pool that is attached."),
  resource_id: resourceId,
  identity: computeIdentity.optional(),
});

export const computeTypes = ["amlcompute", "computeinstance", "kubernetes", "virtualmachine", "synapsespark"] as const;

/** `az ml compute create`. */
export const compute = z
  .union([amlCompute, computeInstance, kubernetes, virtualMachine, synapseSpark])
  .describe("A compute: where jobs run.");

export type ComputeFile = z.output<typeof compute>;
