import type { JobPlan } from "../core/jobPlan.ts";

/**
 * The variables that a job's program finds, as on Azure ML, where they have a meaning here. The tracking URI and token are
 * set by the launcher, which knows the relay's address. The job's own variables win over all of them.
 */
export function runtimeVariables(job: {
  name: string;
  workspace: string;
  experimentName: string;
  experimentId: string;
  plan: JobPlan;
  /** Paths of data inputs and outputs on the target. */
  inputPaths: Record<string, string>;
  outputPaths: Record<string, string>;
  workingFolder: string;
}): Record<string, string> {
  const ports = [
    ...Object.entries(job.inputPaths).map(([name, path]) => [`AZURE_ML_INPUT_${name}`, path]),
    ...Object.entries(job.outputPaths).map(([name, path]) => [`AZURE_ML_OUTPUT_${name}`, path]),
  ];
  return {
    AZUREML_RUN_ID: job.name,
    AZUREML_ROOT_RUN_ID: job.name,
    AZUREML_EXPERIMENT_ID: job.experimentId,
    AZUREML_EXPERIMENT_NAME: job.experimentName,
    AZUREML_ARM_PROJECT_NAME: job.experimentName,
    AZUREML_ARM_WORKSPACE_NAME: job.workspace,
    AZUREML_WORKSPACE_NAME: job.workspace,
    AZUREML_CR_EXECUTION_WORKING_DIR_PATH: job.workingFolder,
    MLFLOW_RUN_ID: job.name,
    MLFLOW_EXPERIMENT_ID: job.experimentId,
    MLFLOW_EXPERIMENT_NAME: job.experimentName,
    // MLflow prints where a run can be looked at; the relay's address is no such place.
    MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT: "true",
    // Without it a program's output would reach its log only in blocks.
    PYTHONUNBUFFERED: "1",
    ...distributionVariables(job.plan.shown.distribution),
    ...Object.fromEntries(ports),
    ...job.plan.environmentVariables,
  };
}

const here = "127.0.0.1";

/** What programs ask for under a `distribution`: here it is one process on one machine. Without one nothing is set. */
function distributionVariables(distribution: JobPlan["shown"]["distribution"]): Record<string, string> {
  const torch = {
    RANK: "0",
    LOCAL_RANK: "0",
    NODE_RANK: "0",
    WORLD_SIZE: "1",
    LOCAL_WORLD_SIZE: "1",
    MASTER_ADDR: here,
    MASTER_PORT: "6105",
  };
  switch (String(distribution?.["type"] ?? "").toLowerCase()) {
    case "pytorch":
      return torch;
    case "tensorflow": {
      const task = { type: "worker", index: 0 };
      return { TF_CONFIG: JSON.stringify({ cluster: { worker: [`${here}:2222`] }, task }) };
    }
    case "mpi":
      return {
        ...torch,
        OMPI_COMM_WORLD_RANK: "0",
        OMPI_COMM_WORLD_SIZE: "1",
        OMPI_COMM_WORLD_LOCAL_RANK: "0",
        AZ_BATCHAI_MPI_MASTER_NODE: here,
      };
    default:
      return {};
  }
}
