import type { ReadOperation } from "../context.ts";
import { listRunArtifacts, listLoggedModelArtifacts, listArtifactFolder } from "./artifacts.ts";
import { searchDatasets } from "./datasets.ts";
import { getExperiment, getExperimentByName, searchExperiments } from "./experiments.ts";
import { getLoggedModel, searchLoggedModels } from "./loggedModels.ts";
import { getMetricHistory, getMetricHistoryBulk, getMetricHistoryBulkInterval } from "./metrics.ts";
import { getRun, searchRuns } from "./runs.ts";

/** Every call of the tracking API that only reads. */
export const readOperations = {
  getExperiment,
  getExperimentByName,
  searchExperiments,
  getRun,
  searchRuns,
  getMetricHistory,
  getMetricHistoryBulk,
  getMetricHistoryBulkInterval,
  getLoggedModel,
  searchLoggedModels,
  listLoggedModelArtifacts,
  listRunArtifacts,
  listArtifactFolder,
  searchDatasets,
} satisfies Record<string, ReadOperation>;

export type ReadOperationName = keyof typeof readOperations;
