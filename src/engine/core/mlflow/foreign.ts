/** What another MLflow store holds, in the form in which it is taken over. Times are milliseconds since the epoch. */

export interface ForeignExperiment {
  kind: "experiment";
  /** Its id over there; it gets a number of its own here. */
  id: string;
  name: string;
  lifecycle: "active" | "deleted";
  creationTime: number | null;
  lastUpdateTime: number | null;
  tags: Pair[];
}

export type Pair = readonly [key: string, value: string];

/** Points of some metrics, one after the other: `counts[i]` points of `keys[i]`. Not-a-number and infinities are kept. */
export interface Points {
  keys: string[];
  counts: number[];
  timestamps: Float64Array;
  steps: Float64Array;
  values: Float64Array;
}

/** A file of a run or model, relative to its artifact folder. */
export type ForeignFile =
  | { path: string; bytes: number; source: string; url?: undefined }
  | { path: string; bytes: number; source?: undefined; url: string };

export interface ForeignDataset {
  name: string;
  digest: string;
  sourceType: string;
  source: string;
  schema: string | null;
  profile: string | null;
  tags: Pair[];
}

export interface ForeignRun {
  kind: "run";
  id: string;
  /** Where it lies over there, for messages. */
  place: string;
  experimentId: string;
  name: string;
  user: string;
  status: string;
  startTime: number;
  endTime: number | null;
  lifecycle: "active" | "deleted";
  deletedTime: number | null;
  artifactUri: string;
  params: Pair[];
  tags: Pair[];
  points: Points;
  datasets: ForeignDataset[];
  models: { direction: "input" | "output"; id: string; step: number }[];
  files: ForeignFile[];
}

export interface ForeignModelPoint {
  key: string;
  value: number;
  timestamp: number;
  step: number;
  runId: string;
  datasetName: string | null;
  datasetDigest: string | null;
}

export interface ForeignModel {
  kind: "model";
  id: string;
  place: string;
  experimentId: string;
  name: string;
  creationTime: number;
  lastUpdatedTime: number;
  status: string;
  lifecycle: "active" | "deleted";
  modelType: string | null;
  sourceRunId: string | null;
  artifactUri: string;
  params: Pair[];
  tags: Pair[];
  points: ForeignModelPoint[];
  files: ForeignFile[];
}

/** Something that cannot be taken over, where it lies and why. */
export interface ForeignFault {
  kind: "fault";
  place: string;
  reason: string;
}

export type ForeignItem = ForeignExperiment | ForeignRun | ForeignModel | ForeignFault;

export const runStatuses = ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"] as const;
export const modelStatuses = ["LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED"] as const;
