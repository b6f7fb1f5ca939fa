/** MLflow's limits, in characters unless said otherwise. */
export const limits = {
  metricsPerBatch: 1000,
  paramsPerBatch: 100,
  tagsPerBatch: 100,
  entitiesPerBatch: 1000,
  /** Bytes of a log-batch body. */
  batchBytes: 1_000_000,
  /** Bytes of any other JSON body. */
  bodyBytes: 64 * 1024 * 1024,
  key: 250,
  paramValue: 6000,
  tagValue: 8000,
  experimentName: 500,
  experimentTagValue: 20_000,
  datasetName: 500,
  datasetDigest: 36,
  datasetSource: 65_535,
  datasetSchema: 1_048_575,
  datasetProfile: 16_777_215,
  inputTagKey: 255,
  inputTagValue: 500,
  /** Rows in a page of runs. */
  searchRuns: 50_000,
  searchRunsDefault: 1000,
  searchExperiments: 50_000,
  searchLoggedModelsDefault: 100,
  historyBulkRuns: 100,
  historyBulk: 25_000,
  historyInterval: 2500,
} as const;
