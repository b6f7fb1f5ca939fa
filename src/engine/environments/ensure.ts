import type { Transport } from "#transport/transport.ts";
import { CodedError } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";
import type { EnvironmentHost } from "./machine.ts";
import { startingPythons } from "./machine.ts";
import type { EnvironmentPlan, ReportLine } from "./request.ts";
import { callTarget } from "./targetProgram.ts";

/** An environment that is ready on the machine. */
export interface Environment {
  /** Folder of the environment; prefix of the interpreter for a plan of kind `interpreter`. */
  path: string;
  /** Absolute path of its interpreter: the base of a job's overlay. */
  python: string;
  /** The lock: every package with version and hashes (`name==version` alone for an interpreter used as it is). */
  lock: string;
  /** True when nothing had to be built or waited for. */
  cached: boolean;
  /** Wall time of this call, in seconds. */
  seconds: number;
  /** The plan's lines and what the build added to them. */
  report: readonly ReportLine[];
}

export interface EnsureOptions extends EnvironmentHost {
  plan: EnvironmentPlan;
  /** The build's log as it comes. */
  onLog?: (bytes: Uint8Array) => void;
  /** Ends the build; nothing half-made stays. The promise rejects with its reason. */
  signal?: AbortSignal;
}

interface Manifest {
  python: string;
  lock: string;
  changes: readonly ReportLine[];
}

/** Reads the marker and notes the use, by the environment's own interpreter: that it starts is part of being whole. */
const readMarker = "import os,sys;os.utime(sys.argv[1]);sys.stdout.buffer.write(open(sys.argv[1],'rb').read())";

/** Names and versions of what an interpreter has, from the names of the metadata folders. */
export const listInstalled = [
  "import os,re,sys",
  "found=set()",
  "for folder in sys.path:",
  " for name in (os.listdir(folder) if os.path.isdir(folder) else ()):",
  "  m=re.match(r'(.+?)-(\\d[^-]*?)(-py[\\d.]+)?\\.(dist-info|egg-info)$',name)",
  "  if m: found.add(m.group(1).replace('_','-').lower()+'=='+m.group(2))",
  "sys.stdout.write(sys.prefix+'\\n'+''.join(line+'\\n' for line in sorted(found)))",
].join("\n");

/**
 * Makes the plan's environment ready, building it if it is not there. Of several callers, in whatever processes, one builds and
 * the others follow its log. Throws `environment-refused` for a plan with refusals, else what {@link callTarget} throws.
 */
export async function ensureEnvironment(options: EnsureOptions): Promise<Environment> {
  const { plan } = options;
  const started = performance.now();
  const done = (environment: Omit<Environment, "seconds">): Environment => ({
    ...environment,
    seconds: (performance.now() - started) / 1000,
  });
  if (plan.refusals.length > 0) throw refused(plan);
  if (plan.kind === "interpreter") return done(await useInterpreter(options));
  const path = environmentPath(options.root, plan.key);
  const python = `${path}/bin/python`;
  const ready = await readReady(options.transport, path);
  if (ready) {
    mustHold(plan, ready.lock);
    const report = [...plan.report, ...ready.changes];
    return done({ path, python, lock: ready.lock, cached: true, report });
  }
  const { manifest, cached } = await callTarget<{ manifest: Manifest; cached: boolean }>({
    ...options,
    pythons: [plan.python.path],
    request: buildRequest("ensure", options),
  }).catch((failure: unknown) => {
    throw withPythonAdvice(failure, plan);
  });
  mustHold(plan, manifest.lock);
  return done({ path, python, lock: manifest.lock, cached, report: [...plan.report, ...manifest.changes] });
}

/**
 * Resolves the plan's requirements without installing: the lock that a build will use, and the pins that move. Takes as long as
 * the package index does.
 *
 * @internal
 */
export async function resolveEnvironment(
  options: EnsureOptions,
): Promise<{ lock: string; report: readonly ReportLine[] }> {
  const { plan } = options;
  if (plan.refusals.length > 0) throw refused(plan);
  if (plan.kind === "interpreter") return { lock: "", report: plan.report };
  const { lock, changes } = await callTarget<Pick<Manifest, "lock" | "changes">>({
    ...options,
    pythons: [plan.python.path],
    request: buildRequest("resolve", options),
  });
  return { lock, report: [...plan.report, ...changes] };
}

/** Whether the plan's environment is there: for the sheet before a submit. */
export async function isCached(options: Pick<EnsureOptions, "plan" | "transport" | "root">): Promise<boolean> {
  const { plan, transport, root } = options;
  return plan.kind === "interpreter" || (await readReady(transport, environmentPath(root, plan.key))) !== undefined;
}

function environmentPath(root: string, key: string): string {
  return `${root}/environments/${key}`;
}

function buildRequest(
  verb: string,
  { plan, root }: EnsureOptions,
): { verb: string; root: string } & Record<string, unknown> {
  return {
    verb,
    root,
    key: plan.key,
    label: plan.label,
    python: plan.python.path,
    python_version: plan.python.version,
    requirements: plan.requirements,
    options: plan.options,
    constraints: plan.constraints,
    variables: plan.variables,
    ...(plan.lock === undefined ? {} : { lock: plan.lock }),
    pythons: startingPythons(undefined),
  };
}

/** Requirements that were made for another Python are the likeliest reason why they cannot be satisfied with this one. */
function withPythonAdvice(failure: unknown, plan: EnvironmentPlan): unknown {
  if (plan.python.exact || !(failure instanceof CodedError) || failure.code !== "environment-failed") return failure;
  return slipwayError("environment-failed", failure.message, {
    next: `Install Python ${plan.python.wanted} on the machine, for which this was written, or change the requirements to suit Python ${plan.python.version}.`,
    details: failure.details,
    cause: failure,
  });
}

/** Whether the environment of a key is there and holds just the packages of a lock. */
export async function holdsLock(options: Pick<EnsureOptions, "transport" | "root">, key: string, lock: string) {
  return (await readReady(options.transport, environmentPath(options.root, key)))?.lock === lock;
}

/** Throws when an environment of the right key was made from another lock than the one that is asked for. */
function mustHold(plan: EnvironmentPlan, lock: string): void {
  if (plan.lock === undefined || plan.lock === lock) return;
  throw slipwayError("environment-failed", "The environment was made anew meanwhile, with other packages.", {
    next: "Reproduce the run again: its own packages are then installed beside it.",
  });
}

function refused(plan: EnvironmentPlan): Error {
  return slipwayError("environment-refused", `The environment cannot be made here: ${plan.refusals.join("; ")}`, {
    next: "Change what the message lists.",
    details: { refusals: plan.refusals },
  });
}

async function readReady(transport: Transport, path: string): Promise<Manifest | undefined> {
  const text = await output(transport, [
    `${path}/bin/python`,
    "-I",
    "-S",
    "-c",
    readMarker,
    `${path}/slipway-environment.json`,
  ]);
  return text === undefined ? undefined : (JSON.parse(text) as Manifest);
}

async function useInterpreter({ plan, transport }: EnsureOptions): Promise<Omit<Environment, "seconds">> {
  const text = await output(transport, [plan.python.path, "-c", listInstalled]);
  if (text === undefined) {
    throw slipwayError("tool-not-found", `${plan.python.path} does not start as a Python interpreter`, {
      next: "Select another interpreter.",
    });
  }
  const end = text.indexOf("\n");
  return {
    path: text.slice(0, end),
    python: plan.python.path,
    lock: text.slice(end + 1),
    cached: true,
    report: plan.report,
  };
}

/** What a program writes; undefined when it is not there or fails. */
async function output(transport: Transport, argv: readonly [string, ...string[]]): Promise<string | undefined> {
  let process;
  try {
    process = await transport.exec(argv, { env: { PYTHONDONTWRITEBYTECODE: "1" } });
  } catch (failure) {
    if ((failure as { code?: unknown }).code === "target-unreachable") throw failure;
    return undefined;
  }
  process.stdin.end();
  process.stderr.resume();
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdout) chunks.push(chunk as Uint8Array);
  const { code } = await process.exit;
  return code === 0 ? Buffer.concat(chunks).toString("utf8") : undefined;
}
