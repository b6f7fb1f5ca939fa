import type { Job, JobPort, JobSummary } from "#contract/entities/job.ts";
import type { Column } from "../output/table.ts";
import { withoutNulls } from "./withoutNulls.ts";

/** A job as `az ml job show` prints it; what only Slipway knows comes as further fields. */
export function toAzureJob(job: Job): Record<string, unknown> {
  return withoutNulls({
    ...job,
    compute: toAzureCompute(job),
    inputs: mapValues(job.inputs, toAzureInput),
    outputs: {
      ...mapValues(job.outputs, toAzureOutput),
      ...(job.outputs["default"] ? {} : { default: artifacts(job) }),
    },
    limits: job.limits ?? undefined,
  });
}

export function toAzureSummary(job: JobSummary): Record<string, unknown> {
  return withoutNulls({ ...job, compute: toAzureCompute(job) });
}

/** A run that an MLflow client made by itself was on no compute of ours. */
function toAzureCompute({ compute }: JobSummary): string | undefined {
  return compute === "" ? undefined : `azureml:${compute}`;
}

export const jobColumns: readonly Column[] = [
  { title: "Name", show: (row) => String(row["name"]) },
  { title: "Display name", show: (row) => String(row["display_name"]) },
  { title: "Experiment", show: (row) => String(row["experiment_name"]) },
  { title: "Type", show: (row) => String(row["type"]) },
  { title: "Status", show: showStatus },
  { title: "Compute", show: (row) => String(row["compute"] ?? "").replace(/^azureml:/, "") },
  {
    title: "Created",
    show: (row) => String((row["creation_context"] as JobSummary["creation_context"]).created_at).slice(0, 19),
  },
];

function showStatus(row: Record<string, unknown>): string {
  const connection = row["connection"] as JobSummary["connection"] | undefined;
  return `${String(row["status"])}${connection?.state === "lost" ? " · contact lost" : ""}`;
}

/** A literal input is its value; a data input says what and where. */
function toAzureInput(port: JobPort): unknown {
  if (port.value !== undefined) return port.value;
  return { mode: "ro_mount", ...port };
}

function toAzureOutput(port: JobPort): unknown {
  return { mode: "rw_mount", ...port };
}

/** Everything that a job leaves is an output of its own on Azure ML, which nobody has to declare. */
function artifacts({ name }: Job): Record<string, string> {
  const path = `azureml://datastores/workspaceartifactstore/ExperimentRun/dcid.${name}`;
  return { mode: "rw_mount", path, type: "uri_folder" };
}

function mapValues<T>(record: Record<string, T>, change: (value: T) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
