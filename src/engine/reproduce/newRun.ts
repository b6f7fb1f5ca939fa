import { createHash } from "node:crypto";
import type { JobPlan, Machine, PlannedInput, PlannedOutput } from "../core/jobPlan.ts";
import type { PinnedEnvironment } from "../core/ports/environments.ts";
import { stableJson } from "../jobs/submission.ts";
import type { NewJob } from "../store/commands/jobs.ts";
import type { RunRecord } from "./record.ts";

/** Property and tag of a run that reproduces another: the other's name. */
export const reproducesKey = "slipway.reproduces";

/** The run that does a recorded one again. */
export function newRun(
  { row, plan }: RunRecord,
  given: {
    name: string;
    actor: string;
    at: number;
    inputs: Record<string, PlannedInput>;
    environment: PinnedEnvironment;
    machine: Machine | undefined;
  },
): NewJob {
  const { outputs, notices } = ownOutputs(plan.outputs);
  const { debug: _debugged, machine: _then, ...kept } = plan;
  const next: JobPlan = {
    ...kept,
    inputs: given.inputs,
    outputs,
    environment: {
      ...plan.environment,
      key: given.environment.key,
      python: given.environment.python,
      plan: given.environment.plan,
    },
    notices,
    ...(given.machine === undefined ? {} : { machine: given.machine }),
  };
  const lineage = { [reproducesKey]: row.name };
  const suffix = " (reproduced)";
  return {
    workspace: row.workspace,
    name: given.name,
    owner: given.actor,
    actor: given.actor,
    type: row.type,
    // What decides is the run that is done again, not what is said about it today.
    requestDigest: createHash("sha256")
      .update(stableJson({ reproduces: row.name }))
      .digest("hex"),
    displayName: row.display_name.endsWith(suffix) ? row.display_name : `${row.display_name}${suffix}`,
    experimentName: row.experiment_name,
    description: row.description,
    compute: row.compute,
    parentName: null,
    // Pressing ▶ on the file would be another run than this.
    sourceFile: null,
    tags: { ...(JSON.parse(row.tags) as Record<string, string>), ...lineage },
    properties: { ...(JSON.parse(row.properties) as Record<string, string>), ...lineage },
    plan: JSON.stringify(next),
    inputs: JSON.stringify(mapPorts(given.inputs)),
    outputs: JSON.stringify(
      Object.fromEntries(Object.entries(outputs).map(([name, { type, mode }]) => [name, { type, mode }])),
    ),
    priority: 2,
    cpus: plan.demand.cpus,
    memoryBytes: plan.demand.memoryBytes,
    gpus: plan.demand.gpus,
    at: given.at,
  };
}

/**
 * Outputs among the run's own artifacts, whatever place or asset the original wrote to: a reproduction never overwrites
 * what it is compared with, and registers nothing twice.
 */
function ownOutputs(outputs: JobPlan["outputs"]): { outputs: Record<string, PlannedOutput>; notices: string[] } {
  const notices = Object.entries(outputs).flatMap(([name, { path, name: asset }]) => [
    ...(path === null ? [] : [`Output ${name} is kept with this run; ${path} of the original is not written to.`]),
    ...(asset === null ? [] : [`Output ${name} is not registered again as ${asset}.`]),
  ]);
  const own = Object.entries(outputs).map(([name, output]) => [
    name,
    { ...output, path: null, name: null, version: null },
  ]);
  return { outputs: Object.fromEntries(own) as Record<string, PlannedOutput>, notices };
}

function mapPorts(inputs: Record<string, PlannedInput>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [
      name,
      input.kind === "literal" ? { value: input.value } : { type: input.type, path: input.path, mode: input.mode },
    ]),
  );
}
