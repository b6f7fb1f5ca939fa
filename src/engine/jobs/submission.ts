import { createHash } from "node:crypto";
import { slipwayError } from "#contract/errors.ts";
import type { Capacity } from "../compute/runner.ts";
import type { JobPlan, Machine } from "../core/jobPlan.ts";
import type { NewJob } from "../store/commands/jobs.ts";
import { priorityOf } from "./demand.ts";
import type { Draft } from "./draft.ts";

/** Refuses a draft that may not be submitted: `needs-confirmation`, `does-not-fit` and so on, each with what to do. */
export function checkDraft(draft: Draft): void {
  const [need] = draft.code.needs;
  if (need) {
    const option = need.answer === "allow_home" ? "--allow-home" : "--allow-secrets";
    throw slipwayError("needs-confirmation", need.question, {
      next: `Say yes on the sheet, or with ${option} on the command line.`,
      details: { needs: draft.code.needs },
    });
  }
  const [refusal] = draft.refusals;
  if (refusal === undefined) return;
  const reasons = draft.refusals.map(({ reason }) => reason);
  throw slipwayError(refusal.code, reasons.join(" "), {
    next: "Change what the message names, and submit again.",
    details: { refusals: reasons },
  });
}

/** The plan that is kept with the job. */
export function toPlan(draft: Draft, snapshot: JobPlan["snapshot"], debug?: JobPlan["debug"]): JobPlan {
  const { document, environment } = draft;
  const { job } = document;
  return {
    command: job.command,
    inputs: draft.inputs,
    outputs: draft.outputs,
    environmentVariables: job.environmentVariables,
    timeoutS: job.timeout ?? null,
    demand: draft.demand,
    snapshot,
    code: draft.taken?.given ?? job.code?.given ?? null,
    ...codePathOf(draft),
    git: draft.git,
    environment: {
      label: environment.label,
      key: environment.key,
      python: environment.python,
      asked: document.environment,
      plan: environment.plan,
      ...(environment.runtime === undefined ? {} : { runtime: environment.runtime }),
    },
    notices: draft.notices,
    ...(draft.capacity === null ? {} : { machine: machineOf(draft.capacity) }),
    ...(debug === undefined ? {} : { debug }),
    shown: {
      environment: environment.label,
      resources: job.resources ?? null,
      limits: job.timeout === undefined ? null : { timeout: job.timeout },
      distribution: job.distribution ?? null,
      identity: job.identity ?? null,
      queue_settings: job.queueSettings ?? null,
      services: {},
    },
  };
}

function codePathOf({ taken, document }: Draft): Pick<JobPlan, "codePath"> {
  const { code } = document.job;
  const path = taken?.path ?? (code?.reference.kind === "local" ? code.path : undefined);
  return path === undefined ? {} : { codePath: path };
}

/** What is remembered of a machine with each run. */
export function machineOf({ hostname, cpu, kernel, gpus }: Capacity): Machine {
  return { hostname, cpu, kernel, gpus: gpus.map(({ name, driver }) => ({ name, driver })) };
}

/** Everything that the store keeps of a new job. */
export function toNewJob(
  draft: Draft,
  plan: JobPlan,
  where: { workspace: string; name: string; actor: string; file: string | null; at: number },
): NewJob {
  const { job } = draft.document;
  const displayName = job.displayName ?? where.name;
  const content = {
    plan: { ...plan, notices: [], git: null, machine: null, codePath: null, environment: plan.environment.key },
    experiment: job.experimentName,
    displayName: job.displayName ?? null,
    description: job.description ?? null,
    tags: job.tags,
    properties: job.properties,
    compute: job.compute?.name ?? null,
    parent: job.parentJobName ?? null,
  };
  const inputs = Object.entries(plan.inputs).map(([name, input]) => [
    name,
    input.kind === "literal" ? { value: input.value } : { type: input.type, path: input.path, mode: input.mode },
  ]);
  const outputs = Object.entries(plan.outputs).map(([name, { type, mode, path }]) => [
    name,
    { type, mode, ...(path === null ? {} : { path }) },
  ]);
  return {
    workspace: where.workspace,
    name: where.name,
    owner: where.actor,
    actor: where.actor,
    type: "command",
    requestDigest: createHash("sha256").update(stableJson(content)).digest("hex"),
    displayName,
    experimentName: job.experimentName,
    description: job.description ?? null,
    compute: draft.target.name,
    parentName: job.parentJobName ?? null,
    sourceFile: where.file,
    tags: job.tags,
    properties: { ...job.properties, ...gitProperties(plan) },
    plan: JSON.stringify(plan),
    inputs: JSON.stringify(Object.fromEntries(inputs)),
    outputs: JSON.stringify(Object.fromEntries(outputs)),
    priority: priorityOf(job.queueSettings),
    cpus: plan.demand.cpus,
    memoryBytes: plan.demand.memoryBytes,
    gpus: plan.demand.gpus,
    at: where.at,
  };
}

/** Under the names that Azure ML gives them. */
function gitProperties({ git, snapshot }: JobPlan): Record<string, string> {
  const properties = {
    "azureml.git.commit": git?.commit,
    "azureml.git.branch": git?.branch,
    "azureml.git.repository_uri": git?.remote,
    "azureml.git.dirty": git === null ? undefined : git.dirty ? "True" : "False",
    ContentSnapshotId: snapshot?.digest,
  };
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => typeof value === "string")) as Record<
    string,
    string
  >;
}

/** The same content gives the same text, in whatever order its keys came. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
