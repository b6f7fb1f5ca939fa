import type { Answers, CloneOf, DocumentSource, Preflight } from "#contract/entities/submit.ts";
import type { ErrorCode } from "#contract/errors.ts";
import { dirname } from "node:path";
import { messageOf } from "#base/errors.ts";
import type { GitState } from "#contract/entities/job.ts";
import type { Capacity } from "../compute/runner.ts";
import type { Demand, PlannedInput, PlannedOutput } from "../core/jobPlan.ts";
import type { CloneService, TakenOver } from "../core/ports/clones.ts";
import type { CodeService, ScannedCode } from "../core/ports/code.ts";
import type { DataService } from "../core/ports/data.ts";
import type { EnvironmentService, PlannedEnvironment, Runtime } from "../core/ports/environments.ts";
import { containerNeeds, demandOf, misfit } from "./demand.ts";
import { readJobDocument, type JobDocument } from "./document.ts";
import type { Target, Targets } from "./targets.ts";

export interface DraftRequest {
  source: DocumentSource;
  answers: Answers;
  python?: string | undefined;
  from?: CloneOf | undefined;
  /** `auto` when left out. */
  runtime?: Runtime | undefined;
  debug?: boolean | undefined;
}

/** A submit, worked out but not made: the sheet shows it, the submit keeps it. */
export interface Draft {
  document: JobDocument;
  code: ScannedCode;
  /** Code that is kept already, of the record that the job was made of. */
  taken: TakenOver["code"];
  git: GitState | null;
  environment: PlannedEnvironment;
  target: Target;
  fallbackFor: string | null;
  capacity: Capacity | null;
  demand: Demand;
  inputs: Record<string, PlannedInput>;
  outputs: Record<string, PlannedOutput>;
  inputNotes: Preflight["inputs"];
  notices: string[];
  refusals: Refusal[];
}

/** What makes a submit impossible. */
export interface Refusal {
  code: Extract<ErrorCode, "path-outside" | "environment-refused" | "input-unavailable" | "does-not-fit">;
  reason: string;
}

export interface DraftServices {
  targets: Targets;
  code: CodeService;
  data: DataService;
  environments: EnvironmentService;
  /** Absent where no job is made of another. */
  clones?: CloneService;
}

/** Works a submit out. Changes nothing. Throws for a document that is not valid; what else stands in the way is data. */
export async function makeDraft(workspace: string, request: DraftRequest, services: DraftServices): Promise<Draft> {
  const document = await readJobDocument(request.source);
  const { job } = document;
  const { target, fallbackFor } = await services.targets.resolve(workspace, job.compute?.name ?? null);
  const taken = await takenOver(workspace, request.from, document, target.name, services);
  const root = job.code?.reference.kind === "local" ? job.code.path : null;
  const inputs = plannedInputs(job.inputs);
  const demand = demandOf(job.resources);
  const [code, git, environment, capacity, described] = await Promise.all([
    taken.code ? keptCode(taken.code) : services.code.scan(root, request.answers),
    taken.code ? taken.code.git : root === null ? null : services.code.gitState(root),
    taken.environment ??
      services.environments.plan({
        workspace,
        target: target.name,
        document: document.environment,
        folder: dirname(request.source.file),
        python: request.python,
        runtime: request.runtime,
        needs: containerNeeds(job.resources, demand, request.debug === true),
      }),
    target.runner.capacity().catch((failure: unknown) => messageOf(failure)),
    describeInputs(workspace, inputs, services.data),
  ]);
  const notices = noticesOf(document, target, fallbackFor, environment.runtime?.kind === "container");
  const refusals: Refusal[] = [
    ...code.refusals.map((reason) => ({ code: "path-outside" as const, reason })),
    ...environment.refusals.map((reason) => ({ code: "environment-refused" as const, reason })),
    ...described.refusals.map((reason) => ({ code: "input-unavailable" as const, reason })),
  ];
  if (typeof capacity === "string") notices.push(`The target ${target.name} does not answer: ${capacity}`);
  else {
    const reason = misfit(demand, capacity);
    if (reason !== undefined) {
      refusals.push({ code: "does-not-fit", reason: `The job does not fit on ${target.name}: ${reason}.` });
    }
  }
  if (job.code !== undefined && root === null) {
    const reason = `The code ${job.code.given} is not on this machine; only a local folder or file can be sent.`;
    refusals.push({ code: "input-unavailable", reason });
  }
  return {
    document: request.from ? withTag(document, "slipway.cloned_from", request.from.job) : document,
    code,
    taken: taken.code,
    git,
    environment,
    target,
    fallbackFor,
    capacity: typeof capacity === "string" ? null : capacity,
    demand,
    inputs,
    outputs: plannedOutputs(job.outputs),
    inputNotes: described.notes,
    notices: [...notices, ...environment.report],
    refusals,
  };
}

async function takenOver(
  workspace: string,
  from: CloneOf | undefined,
  { environment }: JobDocument,
  target: string,
  { clones }: DraftServices,
): Promise<TakenOver> {
  if (from === undefined || clones === undefined) return { code: undefined, environment: undefined };
  return clones.takeOver(workspace, from, { environment, target });
}

/** Nothing of the folder is looked at: what is kept was looked at when it was sent. */
function keptCode({ snapshot, path }: NonNullable<TakenOver["code"]>): ScannedCode {
  const none = { largest: [], skipped: [], skipped_count: 0, parent_ignored: [], secrets: [] };
  const root = snapshot && `snapshot ${snapshot.digest.slice(0, 12)}${path === null ? "" : ` of ${path}`}`;
  const sheet = { root, files: snapshot?.files ?? 0, bytes: snapshot?.bytes ?? 0, ...none };
  return { sheet, needs: [], refusals: [], held: null };
}

function withTag(document: JobDocument, key: string, value: string): JobDocument {
  return { ...document, job: { ...document.job, tags: { ...document.job.tags, [key]: value } } };
}

function plannedInputs(inputs: JobDocument["job"]["inputs"]): Record<string, PlannedInput> {
  return mapValues(inputs, (input) =>
    input.kind === "literal"
      ? { kind: "literal", value: input.text }
      : { kind: "data", type: input.type, path: input.path, mode: input.mode },
  );
}

function plannedOutputs(outputs: JobDocument["job"]["outputs"]): Record<string, PlannedOutput> {
  return mapValues(outputs, ({ type, mode, path = null, name = null, version = null }) => ({
    type,
    mode,
    path,
    name,
    version,
  }));
}

async function describeInputs(
  workspace: string,
  inputs: Record<string, PlannedInput>,
  data: DataService,
): Promise<{ notes: Preflight["inputs"]; refusals: string[] }> {
  const refusals: string[] = [];
  const notes = await Promise.all(
    Object.entries(inputs).map(async ([name, input]) => {
      if (input.kind === "literal") {
        const value = await data.literalValue(workspace, input.value);
        return { name, value, note: value === input.value ? "" : `in place of ${input.value}, by the mirror map` };
      }
      const { note, refusal } = await data.describeInput({ workspace, name, input });
      if (refusal !== undefined) refusals.push(refusal);
      return { name, value: input.path, note };
    }),
  );
  return { notes, refusals };
}

/** What the YAML asks for and this target cannot give, one line each, with what is done instead. */
function noticesOf(document: JobDocument, target: Target, fallbackFor: string | null, inContainer: boolean): string[] {
  const { job } = document;
  const notices = [...document.warnings];
  if (fallbackFor !== null) notices.push(`No target is named ${fallbackFor}: the job runs on ${target.name}.`);
  const instances = Number(job.resources?.["instance_count"] ?? 1);
  if (instances > 1)
    notices.push(`resources.instance_count ${instances}: ${target.name} is one machine, so one is used.`);
  const processes = Number(job.distribution?.["process_count_per_instance"] ?? 1);
  if (processes > 1) notices.push(`distribution: one process runs instead of ${processes} for each machine.`);
  for (const key of ["docker_args", "shm_size"] as const) {
    if (!inContainer && job.resources?.[key] !== undefined)
      notices.push(`resources.${key} is for containers; none is used here.`);
  }
  if (job.identity !== undefined) notices.push("identity is for cloud data; the job runs as you.");
  const services = Object.keys(job.services);
  if (services.length > 0) notices.push(`services (${services.join(", ")}) are not started here yet.`);
  return notices;
}

function mapValues<In, Out>(record: Record<string, In>, map: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
