import * as z from "zod";
import { PyFloat } from "../yaml/values.ts";
import {
  anyDictionary,
  bool,
  dictionaryOf,
  integer,
  integerFrom,
  mapping,
  oneOf,
  openMapping,
  rawDictionary,
  readOnly,
  text,
  version,
} from "./fields.ts";

/** What command jobs and command components share: how a command is run. */

const port = integerFrom(1, 65_535);
const processCount = integerFrom(1).optional().describe("Processes on each node.");

const pytorch = mapping({
  type: oneOf(["pytorch"]).describe("PyTorch: sets MASTER_ADDR, MASTER_PORT, RANK, LOCAL_RANK and WORLD_SIZE."),
  process_count_per_instance: processCount,
});
const tensorflow = mapping({
  type: oneOf(["tensorflow"]).describe("TensorFlow: sets TF_CONFIG."),
  worker_count: integerFrom(1).optional().describe("Workers; the instance count when left out."),
  parameter_server_count: integerFrom(0).optional().describe("Parameter servers, 0 when left out."),
});
const mpi = mapping({
  type: oneOf(["mpi"]).describe("MPI: starts the command with mpirun."),
  process_count_per_instance: processCount,
});
const ray = mapping({
  type: oneOf(["ray"]).describe("Ray: starts a Ray cluster around the command."),
  port: port.optional().describe("Port of the head node."),
  address: text.optional().describe("Address of the head node."),
  include_dashboard: bool.optional().describe("Start Ray's dashboard."),
  dashboard_port: port.optional().describe("Port of the dashboard."),
  head_node_additional_args: text.optional().describe("Further arguments of `ray start` on the head node."),
  worker_node_additional_args: text.optional().describe("Further arguments of `ray start` on the workers."),
});

export const distribution = z
  .union([pytorch, tensorflow, mpi, ray])
  .describe("How the command runs on several processes or nodes: pytorch, mpi, tensorflow or ray.");

const resourceShape = {
  instance_count: integerFrom(1).optional().describe("Nodes to run on; 1 when left out."),
  instance_type: text.optional().describe("Size of a node, for a serverless or Kubernetes compute."),
  locations: z.array(text).optional().describe("Regions to run in."),
  max_instance_count: integerFrom(1).optional().describe("Most nodes an elastic job may have."),
  properties: anyDictionary.optional().describe("Further settings of the compute."),
  docker_args: z
    .union([text, z.array(text)])
    .optional()
    .describe("Further arguments of the container run."),
  shm_size: text
    .regex(/^[0-9]+(?:\.[0-9]+)?[bkmgBKMG]?$/, "Write a number and one of b, k, m, g, such as 2g.")
    .optional()
    .describe("Size of /dev/shm, such as 2g."),
};

export const resources = mapping(resourceShape).describe("What the command needs: nodes, their size, shared memory.");
/** A component keeps resource keys that it does not know. */
export const componentResources = openMapping(resourceShape).describe(
  "What the command needs: nodes, their size, shared memory.",
);

export const queueSettings = mapping({
  job_tier: oneOf(["spot", "basic", "standard", "premium", "null"]).optional().describe("Tier of the queue."),
  priority: oneOf(["low", "medium", "high"]).optional().describe("Place in the queue: low, medium or high."),
}).describe("How the job waits in the queue.");

export const identity = z
  .union([
    mapping({
      type: oneOf(["managed", "managed_identity"], "snake").describe("The compute's managed identity."),
      client_id: text.optional().describe("Client id of the identity."),
      object_id: text.optional().describe("Object id of the identity."),
      msi_resource_id: text.optional().describe("Resource id of the identity."),
    }),
    mapping({ type: oneOf(["aml_token"], "snake").describe("A token of the workspace.") }),
    mapping({ type: oneOf(["user_identity"], "snake").describe("The identity of who submits the job.") }),
  ])
  .describe("Whose identity the job uses to reach data.");

const serviceShape = {
  nodes: text
    .refine((value) => value === "all", { message: "The only value is 'all'; leave it out for the head node." })
    .optional()
    .describe("`all` starts the service on every node; left out, on the head node."),
  port: port.optional().describe("Port of the service."),
  properties: rawDictionary.optional().describe("Further settings of the service."),
  endpoint: readOnly,
  status: readOnly,
  error_message: readOnly,
};

export const services = dictionaryOf(
  z.union([
    mapping({
      ...serviceShape,
      type: oneOf(["ssh"]).optional().describe("SSH into the job."),
      ssh_public_keys: text.optional().describe("Public keys that may log in."),
    }),
    mapping({
      ...serviceShape,
      type: oneOf(["tensor_board"]).optional().describe("TensorBoard beside the job."),
      log_dir: text.optional().describe("Folder with TensorBoard's event files."),
    }),
    mapping({ ...serviceShape, type: oneOf(["vs_code"]).optional().describe("VS Code in the job.") }),
    mapping({ ...serviceShape, type: oneOf(["jupyter_lab"]).optional().describe("JupyterLab in the job.") }),
    mapping({
      ...serviceShape,
      type: text.optional().describe("ssh, tensor_board, vs_code, jupyter_lab or a service's own type."),
    }),
  ]),
).describe("Interactive services that run beside the command.");

export const environmentVariables = rawDictionary.describe(
  "Environment variables of the command. Values are rendered as Python's str() does: true becomes True.",
);

/** A literal: text, number or boolean, kept exactly as it was read so that it prints as Python would print it. */
const literal = z
  .custom<string | number | bigint | boolean | PyFloat>((value) => {
    if (value instanceof PyFloat) return Number.isFinite(value.value);
    return ["string", "number", "bigint", "boolean"].includes(typeof value);
  }, "a text, a number or a boolean is expected")
  .meta({ description: "A literal value, put into the command as it is." });

const dataModes = ["download", "ro_mount", "direct"] as const;
const inputPath = text.describe(
  "Where the data is: a local path, azureml:name:version, azureml://datastores/…, https://… or wasbs://…",
);
const datastore = text.optional().describe("Datastore to upload local data to.");
const pathOnCompute = text.optional().describe("Path that the input has on the compute.");

const dataInput = mapping({
  type: oneOf(["uri_file", "uri_folder"])
    .optional()
    .describe("What the input is: a file or a folder; uri_folder when left out."),
  path: inputPath.optional(),
  mode: oneOf(dataModes)
    .optional()
    .describe("How the data comes to the job: ro_mount (the default), download or direct."),
  path_on_compute: pathOnCompute,
  datastore,
});
const modelInput = mapping({
  type: oneOf(["custom_model", "mlflow_model", "triton_model"]).optional().describe("What kind of model the input is."),
  path: inputPath.optional(),
  mode: oneOf(dataModes).optional().describe("How the model comes to the job."),
  datastore,
});
const tableInput = mapping({
  type: oneOf(["mltable"]).optional().describe("A table that an MLTable file defines."),
  path: inputPath.optional(),
  mode: oneOf([...dataModes, "eval_mount", "eval_download"])
    .optional()
    .describe("How the table comes to the job."),
  path_on_compute: pathOnCompute,
  datastore,
});
// `value` is required here, or an unknown key of any input would be taken for one of a literal.
const literalInput = mapping({ value: literal.describe("The literal's value.") });

export const jobInputs = dictionaryOf(z.union([dataInput, modelInput, tableInput, literalInput, literal])).describe(
  "Values and data that the command can name as ${{inputs.NAME}}.",
);

const output = mapping({
  type: oneOf(["uri_file", "uri_folder", "custom_model", "mlflow_model", "mltable", "triton_model"])
    .optional()
    .describe("What the output is; uri_folder when left out."),
  mode: oneOf(["mount", "upload", "rw_mount", "direct"])
    .optional()
    .describe("How the output is written: rw_mount (the default), upload or direct."),
  path: text
    .optional()
    .describe("Where the output is kept, such as azureml://datastores/NAME/paths/…; by default a folder of the job."),
  name: text.optional().describe("Registers the output as a data or model asset of this name."),
  version: version.optional().describe("Version to register the output under."),
});

export const jobOutputs = dictionaryOf(z.union([output, z.null()])).describe(
  "Files and folders that the command writes to, as ${{outputs.NAME}}.",
);

export const limits = mapping({
  timeout: integerFrom(1).optional().describe("Seconds after which the job is stopped."),
}).describe("Limits of the run.");

export const autoDelete = mapping({
  condition: oneOf(["created_greater_than", "last_accessed_greater_than"], "snake")
    .optional()
    .describe("What the age is counted from."),
  value: text.optional().describe("The age, such as 30d."),
}).describe("When the asset may be deleted by itself.");

export const route = mapping({
  path: text.describe("Path of the route, such as /score."),
  port: integer.describe("Port the container listens on."),
});
