import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { slipwayError } from "#contract/errors.ts";
import { renderCommand, type CommandValue } from "#spec/index.ts";
import type { JobPort } from "#contract/entities/job.ts";
import type { LaunchContainer, LaunchSpec } from "../compute/runner.ts";
import type { ReadyContainer } from "../core/ports/environments.ts";
import { containerArgv, containerOf, type Mount } from "../containers/runOptions.ts";
import { debugDoor, type DebuggedEnvironment } from "./debugDoor.ts";
import { run } from "./targetCommands.ts";
import { countProgress, ProgressReport, type FileCount, type OnProgress } from "../core/progress.ts";
import { BuildProgress } from "../environments/buildProgress.ts";
import { BUILD_LOG } from "../jobs/logPaths.ts";
import { runtimeVariables } from "./runtimeVariables.ts";
import type { Work, WorkServices } from "./work.ts";

const RELAY_WAIT_S = 60;

/**
 * Makes everything ready for one attempt: environment, code, inputs, outputs and the specification. May be done again
 * after an engine restart; what a run before left in the attempt's folder is removed first.
 */
export async function prepare(work: Work, services: WorkServices): Promise<void> {
  const { bus, clock } = services;
  const report = new ProgressReport({ bus, clock, workspace: work.job.workspace, subject: work.job.name });
  const [environment, ports] = await Promise.all([
    // The lane of a build comes first: it takes longer than files.
    report.during("environment", (tell) => readyEnvironment(work, services, tell)),
    report.during("files", (tell) => stageFiles(work, services, tell)),
  ]);
  const set = {
    environment_key: work.plan.environment.key,
    environment_lock: environment.lock,
    inputs: JSON.stringify(ports.inputs),
    outputs: JSON.stringify(ports.outputs),
  };
  await Promise.all([
    work.job.note(set),
    services.store.write("attemptPrepared", {
      runId: work.job.runId,
      attempt: work.attempt,
      outputPaths: ports.outputPaths,
    }),
    launchSpec(work, services, environment, ports).then((spec) => work.target.runner.stage(work.ref, spec)),
  ]);
}

/** Paths of the ports on the target, and what the job's record says of them. */
interface Ports {
  inputs: Record<string, JobPort>;
  outputs: Record<string, JobPort>;
  inputPaths: Record<string, string>;
  outputPaths: Record<string, string>;
}

/** The build's words go to a log of their own; a cached environment leaves none. */
async function readyEnvironment(work: Work, services: WorkServices, tell: OnProgress): Promise<DebuggedEnvironment> {
  const progress = new BuildProgress(tell);
  const owner = { workspace: work.job.workspace, job: work.job.name };
  const request = {
    plan: work.plan.environment.plan,
    transport: work.target.transport,
    log: (text: string) => {
      progress.push(text);
      return services.logs.write(owner, BUILD_LOG, text);
    },
    signal: work.signal,
  };
  try {
    const environment = await services.environments.ensure(request);
    return { ...environment, ...(await debugDoor(work, services, { ...request, base: environment.base })) };
  } finally {
    await services.logs.finishLog(owner, BUILD_LOG);
  }
}

async function stageFiles(work: Work, services: WorkServices, tell: OnProgress): Promise<Ports> {
  const { transport } = work.target;
  const { folder } = work.ref;
  const code = `${folder}/wd`;
  await run(transport, ["rm", "-rf", folder]);
  await run(transport, ["mkdir", "-p", "-m", "700", folder, code]);
  if (work.plan.snapshot) {
    const onProgress = (count: FileCount) => tell(countProgress("code", "", count));
    await services.code.materialize({ digest: work.plan.snapshot.digest, to: code, transport, onProgress });
  }
  await run(transport, ["mkdir", "-p", `${code}/outputs`, `${code}/logs`]);
  return resolvePorts(work, services, tell);
}

async function resolvePorts(work: Work, services: WorkServices, tell: OnProgress): Promise<Ports> {
  const ports: Ports = { inputs: {}, outputs: {}, inputPaths: {}, outputPaths: {} };
  const { transport } = work.target;
  const common = {
    workspace: work.job.workspace,
    job: work.job.name,
    attemptFolder: work.ref.folder,
    transport,
    signal: work.signal,
  };
  for (const [name, input] of Object.entries(work.plan.inputs)) {
    if (input.kind === "literal") ports.inputs[name] = { value: input.value };
    else {
      const resolved = await services.data.resolveInput({ ...common, name, input, onProgress: tell });
      ports.inputs[name] = resolved.port;
      ports.inputPaths[name] = resolved.path;
    }
  }
  for (const [name, output] of Object.entries(work.plan.outputs)) {
    const { path } = await services.data.prepareOutput({ ...common, name, output });
    ports.outputPaths[name] = path;
    ports.outputs[name] = {
      type: output.type,
      mode: output.mode,
      ...(output.path === null ? {} : { path: output.path }),
    };
  }
  return ports;
}

async function launchSpec(
  work: Work,
  services: WorkServices,
  environment: DebuggedEnvironment,
  ports: Ports,
): Promise<LaunchSpec> {
  const { plan, ref, job } = work;
  const inputs: Record<string, CommandValue> = valuesOf(ports.inputPaths);
  for (const [name, input] of Object.entries(plan.inputs)) {
    if (input.kind === "literal") {
      inputs[name] = { text: await services.data.literalValue(job.workspace, input.value), origin: "author" };
    }
  }
  const scope = { inputs, outputs: valuesOf(ports.outputPaths), name: job.name };
  const { text, problems, refusals } = renderCommand(plan.command, scope);
  const problem = problems[0]?.message ?? refusals[0]?.reason;
  if (problem !== undefined) throw slipwayError("invalid-document", problem);
  const [tracked, experiment] = await Promise.all([
    services.tracking.runObject(job.workspace, job.name),
    services.tracking.experimentObject(job.workspace, job.name),
  ]);
  const workingFolder = `${ref.folder}/wd`;
  const { container } = environment;
  const variables = runtimeVariables({
    name: job.name,
    workspace: job.workspace,
    experimentName: work.experimentName,
    experimentId: tracked.info.experiment_id,
    plan,
    inputPaths: ports.inputPaths,
    outputPaths: ports.outputPaths,
    workingFolder,
  });
  return {
    job: job.name,
    attempt: work.attempt,
    // Azure runs commands with bash, not sh, and without `set -e`: the last exit code wins.
    argv: container === undefined ? ["/bin/bash", "-c", text] : containerArgv(container, text),
    cwd: workingFolder,
    env: container === undefined || container.isRoot ? variables : { HOME: `${ref.folder}/home`, ...variables },
    unset: [],
    timeoutS: plan.timeoutS,
    graceS: services.graceS,
    sampleIntervalS: services.sampleIntervalS,
    gpus: work.gpus.length > 0 ? work.gpus : null,
    // What a command installs goes there: neither the environment nor another job sees it. A container is its own.
    overlay:
      container === undefined
        ? {
            base: environment.base,
            path: `${ref.folder}/venv`,
            ...(environment.debug === undefined ? {} : { debug: environment.debug }),
          }
        : null,
    ...(container === undefined ? {} : { container: await launchContainer(work, container, ports) }),
    relay: {
      run: tracked,
      experiment,
      token: randomBytes(32).toString("base64url"),
      waitS: RELAY_WAIT_S,
      env: ["MLFLOW_TRACKING_URI"],
    },
  };
}

/** The container of an attempt sees its working folder, the inputs and the outputs, each under its own path. */
async function launchContainer(work: Work, ready: ReadyContainer, ports: Ports): Promise<LaunchContainer> {
  const { plan, ref, gpus, target } = work;
  const home = `${ref.folder}/home`;
  if (!ready.isRoot) await run(target.transport, ["mkdir", "-p", "-m", "700", home]);
  const mounts: Mount[] = [{ path: `${ref.folder}/wd`, readOnly: false }];
  for (const [name, path] of Object.entries(ports.inputPaths)) {
    const input = plan.inputs[name];
    // A URL in mode direct is no path.
    if (path.startsWith("/")) mounts.push({ path, readOnly: input?.kind !== "data" || !input.mode.startsWith("rw") });
  }
  for (const [name, path] of Object.entries(ports.outputPaths)) {
    // The file of a uri_file output is still to be made, in a folder that is there.
    mounts.push({ path: plan.outputs[name]?.type === "uri_file" ? dirname(path) : path, readOnly: false });
  }
  const leased = gpus.length > 0 ? gpus : null;
  return containerOf(ready, { folder: ref.folder, job: work.job.name, mounts, gpus: leased, home });
}

function valuesOf(paths: Record<string, string>): Record<string, CommandValue> {
  return Object.fromEntries(Object.entries(paths).map(([name, text]) => [name, { text, origin: "engine" }]));
}
