/** What a column of the runs table shows. `attributes` are what every run has; the others are what it has logged. */
export const columnKinds = ["attributes", "params", "metrics", "tags"] as const;
export type ColumnKind = (typeof columnKinds)[number];

/** Names of the attributes in columns and filters: MLflow's where it has one. `duration` is in seconds. */
export const runAttributes = {
  text: ["run_id", "run_name", "user_id", "status", "artifact_uri", "experiment", "compute", "type"],
  numeric: ["start_time", "end_time", "duration"],
} as const;

/** Which runs are meant: those in use, archived jobs, those that were deleted, or all. */
export const runStages = ["active", "archived", "deleted", "all"] as const;
export type RunStage = (typeof runStages)[number];
