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
    // Without it a program's output would reach its log only in blocks.
    PYTHONUNBUFFERED: "1",
    ...distributionVariables(),
    ...Object.fromEntries(ports),
    ...job.plan.environmentVariables,
  };
}

/** One process on one node: scripts that ask for their rank find it, whatever the distribution. */
function distributionVariables(): Record<string, string> {
  return {
    RANK: "0",
    LOCAL_RANK: "0",
    NODE_RANK: "0",
    WORLD_SIZE: "1",
    LOCAL_WORLD_SIZE: "1",
    MASTER_ADDR: "127.0.0.1",
    MASTER_PORT: "6105",
  };
}
