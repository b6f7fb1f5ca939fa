import type { CodedError } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";
import type { Job } from "#contract/entities/job.ts";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import type { PlainRunRow } from "../store/queries/jobList.ts";
import type { Connections } from "./connections.ts";
import { servicesOf } from "./present.ts";
import { toSummary } from "./summary.ts";

/** A run that an MLflow client made by itself, in the shape of a job: what only a submit brings is empty. */
export function toRunJob(parts: {
  row: PlainRunRow;
  connections: Connections;
  trackingUri: string;
  warnings: readonly string[];
}): Job {
  const { row } = parts;
  const { "mlflow.note.content": note, ...properties } = JSON.parse(row.mlflow_tags) as Record<string, string>;
  return {
    ...toSummary(row, parts.connections),
    id: `/workspaces/${row.workspace}/jobs/${row.name}`,
    description: note ?? null,
    command: null,
    code: null,
    environment: null,
    environment_variables: {},
    inputs: {},
    outputs: {},
    resources: null,
    limits: null,
    distribution: null,
    identity: null,
    queue_settings: null,
    properties,
    services: servicesOf(row, parts.trackingUri),
    parameters: {},
    phases: [],
    error: null,
    exit_code: null,
    attempt: 0,
    git: null,
    environment_key: null,
    environment_lock: null,
    notices: [],
    snapshot: null,
    log_files: [],
    warnings: [...parts.warnings],
  };
}

/** Why such a run can be neither cancelled nor followed: its program is not the engine's. */
export function notStartedHere(row: PlainRunRow): CodedError {
  if (row.parent_name !== null) {
    return slipwayError(
      "conflict",
      `${row.name} is a run inside of ${row.parent_name} and has no process of its own.`,
      {
        next: `\`slipway job cancel -n ${row.parent_name}\` stops the job whose program made it.`,
      },
    );
  }
  if (isTerminal(row.status)) {
    return slipwayError(
      "conflict",
      `The run ${row.name} is ${row.status} already and was not started by Slipway: there is nothing to cancel.`,
      {
        next: `\`slipway job show -n ${row.name}\` shows it.`,
      },
    );
  }
  return slipwayError(
    "conflict",
    `The run ${row.name} was not started by Slipway, so there is nothing to cancel here.`,
    {
      next: `End its program where it runs. If that is gone, \`mlflow.MlflowClient().set_terminated("${row.name}", "KILLED")\` ends the run.`,
    },
  );
}
