import type { WriteOperation } from "../context.ts";
import {
  createExperiment,
  deleteExperiment,
  deleteExperimentTag,
  restoreExperiment,
  setExperimentTag,
  updateExperiment,
} from "./experiments.ts";
import { logInputs, logModel, logOutputs } from "./inputs.ts";
import { logBatch, logMetric, logParameter } from "./logging.ts";
import {
  createLoggedModel,
  deleteLoggedModel,
  deleteLoggedModelTag,
  finalizeLoggedModel,
  logLoggedModelParams,
  setLoggedModelTags,
} from "./loggedModels.ts";
import { createRun, deleteRun, deleteTag, restoreRun, setTag, updateRun } from "./runs.ts";

/** Every call of the tracking API that changes something. */
export const writeOperations = {
  createExperiment,
  updateExperiment,
  deleteExperiment,
  restoreExperiment,
  setExperimentTag,
  deleteExperimentTag,
  createRun,
  updateRun,
  deleteRun,
  restoreRun,
  setTag,
  deleteTag,
  logMetric,
  logParameter,
  logBatch,
  logInputs,
  logModel,
  logOutputs,
  createLoggedModel,
  finalizeLoggedModel,
  deleteLoggedModel,
  logLoggedModelParams,
  setLoggedModelTags,
  deleteLoggedModelTag,
} satisfies Record<string, WriteOperation>;

export type WriteOperationName = keyof typeof writeOperations;
