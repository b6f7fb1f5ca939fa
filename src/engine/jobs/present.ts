import type { Job, JobError, JobPort } from "#contract/entities/job.ts";
import type { JobPlan } from "../core/jobPlan.ts";
import type { JobChangeRow, JobRow } from "../store/queries/jobs.ts";
import type { Connections } from "./connections.ts";
import { LOCK_PATH } from "./jobFiles.ts";
import { toPhases } from "./phases.ts";
import { toSummary } from "./summary.ts";

/** A job with everything that is kept of it, in Azure's shape. */
export function toJob(parts: {
  row: JobRow;
  changes: readonly JobChangeRow[];
  connections: Connections;
  logs: { path: string; bytes: number; complete: boolean }[];
  trackingUri: string;
  /** What tracking refused. */
  warnings: readonly string[];
}): Job {
  const { row } = parts;
  const plan = JSON.parse(row.plan) as JobPlan;
  const { shown } = plan;
  return {
    ...toSummary(row, parts.connections),
    id: `/workspaces/${row.workspace}/jobs/${row.name}`,
    description: row.description,
    command: plan.command,
    code: plan.code,
    environment: shown.environment,
    environment_variables: plan.environmentVariables,
    inputs: JSON.parse(row.inputs) as Record<string, JobPort>,
    outputs: JSON.parse(row.outputs) as Record<string, JobPort>,
    resources: shown.resources,
    limits: shown.limits,
    distribution: shown.distribution,
    identity: shown.identity,
    queue_settings: shown.queue_settings,
    properties: JSON.parse(row.properties) as Record<string, string>,
    services: servicesOf(row, parts.trackingUri),
    parameters: {},
    phases: toPhases(parts.changes),
    error: row.error === null ? null : (JSON.parse(row.error) as JobError),
    exit_code: row.exit_code,
    attempt: row.attempt,
    git: plan.git,
    environment_key: row.environment_key,
    environment_lock: row.has_lock ? LOCK_PATH : null,
    notices: plan.notices,
    snapshot: plan.snapshot,
    log_files: parts.logs,
    warnings: [...(JSON.parse(row.warnings) as string[]), ...parts.warnings],
  };
}

/** Where a job's numbers and its page are. */
export function servicesOf(row: { workspace: string; name: string }, trackingUri: string): Job["services"] {
  return {
    Tracking: { type: "Tracking", endpoint: trackingUri },
    Studio: { type: "Studio", endpoint: deepLink(row.workspace, row.name) },
  };
}

/** Opens the job's page in the editor. */
function deepLink(workspace: string, name: string): string {
  return `vscode://slipway.slipway/job/${encodeURIComponent(workspace)}/${encodeURIComponent(name)}`;
}
