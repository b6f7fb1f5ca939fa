import { CodedError, messageOf } from "#base/errors.ts";
import type { JobError, JobPort } from "#contract/entities/job.ts";
import { isTerminal, type JobStatus } from "#contract/entities/jobStatus.ts";
import type { ExitRecord } from "../compute/runner.ts";
import { explainExit, explainFault } from "../jobs/failure.ts";
import { userLog } from "../jobs/logPaths.ts";
import type { JobFields } from "../store/commands/jobChanges.ts";
import { LeaseLost } from "./lease.ts";
import { withLocalFile } from "./localFile.ts";
import { run } from "./targetCommands.ts";
import { isOutOfReach } from "./untilReached.ts";
import type { Work, WorkServices } from "./work.ts";

/** Bytes of the log's end that a failure is explained from. */
const TAIL_BYTES = 256 * 1024;

/** Keeps what an attempt has left behind and brings its job to its end. May be done again after an engine restart. */
export async function finalize(work: Work, services: WorkServices, record: ExitRecord): Promise<void> {
  const { outputs, outputPaths } = await portsOf(work, services);
  const owner = { workspace: work.job.workspace, job: work.job.name };
  const faults: unknown[] = [];
  const keep = (step: Promise<unknown>): Promise<void> =>
    step.then(
      () => undefined,
      (failure: unknown) => {
        // What cannot be fetched now is fetched when the target answers again.
        if (isOutOfReach(failure)) throw failure;
        faults.push(failure);
      },
    );
  await keep(services.logs.sync(owner));
  // One after another: what was kept before a disk is full stays.
  for (const prefix of ["logs", "outputs"]) await keep(keepFolder(work, services, prefix));
  for (const [name, path] of Object.entries(outputPaths)) {
    await keep(
      collect(work, services, name, path).then((port) => {
        outputs[name] = port;
      }),
    );
  }
  const end = await judge(work, services, record, faults[0]);
  const evidence = { exit: record, ...(faults.length > 0 ? { faults: faults.map(messageOf) } : {}) };
  await services.logs.finish(owner);
  await work.job.advance(end.status, evidence, { ...end.set, outputs: JSON.stringify(outputs) });
  if (faults.length === 0) await tidy(work, services);
}

async function portsOf(
  work: Work,
  services: WorkServices,
): Promise<{ outputs: Record<string, JobPort>; outputPaths: Record<string, string> }> {
  const { runId, workspace, name } = work.job;
  const [row, attempt] = await Promise.all([
    services.store.read("job", { workspace, name }),
    services.store.read("jobAttempt", { runId, attempt: work.attempt }),
  ]);
  if (row === undefined || isTerminal(row.status)) throw new LeaseLost();
  return {
    outputs: JSON.parse(row.outputs) as Record<string, JobPort>,
    outputPaths: JSON.parse(attempt?.output_paths ?? "{}") as Record<string, string>,
  };
}

async function keepFolder(work: Work, services: WorkServices, prefix: string): Promise<void> {
  const { workspace, name } = work.job;
  await withLocalFile(work.target.transport, `${work.ref.folder}/wd/${prefix}`, (folder) =>
    services.artifacts.addFolder({ workspace, name, prefix, folder }),
  );
}

async function collect(work: Work, services: WorkServices, name: string, path: string): Promise<JobPort> {
  const output = work.plan.outputs[name];
  if (output === undefined) return {};
  return services.data.collectOutput({
    workspace: work.job.workspace,
    job: work.job.name,
    name,
    output,
    path,
    actor: work.actor,
    transport: work.target.transport,
  });
}

/** The target's word decides; what could not be kept turns a success into a failure that says so. */
async function judge(
  work: Work,
  services: WorkServices,
  record: ExitRecord,
  fault: unknown,
): Promise<{ status: JobStatus; set: JobFields }> {
  const set: JobFields = {
    ...(record.started_at === null ? {} : { started_at: record.started_at }),
    ended_at: Math.max(record.ended_at, record.started_at ?? 0),
    exit_code: record.code,
  };
  if (record.reason === "canceled") return { status: "Canceled", set };
  let error: JobError | undefined;
  if (record.reason !== "exited" || record.code !== 0) {
    const owner = { workspace: work.job.workspace, job: work.job.name };
    const tail = await services.logs.tail(owner, userLog(0), TAIL_BYTES);
    error = explainExit(record, tail, `${work.ref.folder}/wd`);
  } else if (fault !== undefined) {
    error = explainFault(fault instanceof CodedError ? fault : new Error(messageOf(fault)));
  }
  if (error === undefined) return { status: "Completed", set };
  return { status: "Failed", set: { ...set, error: JSON.stringify(error) } };
}

/** Code, overlay and relayed files are kept elsewhere by now; the small records stay as the target's own word. */
async function tidy(work: Work, services: WorkServices): Promise<void> {
  const { folder } = work.ref;
  const spent = ["wd", "venv", "relay", "logs", "inputs", "named-outputs", "home", "debug", "spec.json"].map(
    (name) => `${folder}/${name}`,
  );
  await run(work.target.transport, ["rm", "-rf", ...spent]).catch((failure: unknown) =>
    services.log(`${work.job.name}: ${messageOf(failure)}`),
  );
}
