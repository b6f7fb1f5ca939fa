import type { Clock } from "#base/clock.ts";
import { slipwayError } from "#contract/errors.ts";
import type { LoadedEnvironmentField } from "#spec/index.ts";
import type { Transport } from "#transport/transport.ts";
import type {
  EnvironmentPins,
  EnvironmentService,
  PinnedEnvironment,
  PlannedEnvironment,
  ReadyEnvironment,
} from "../core/ports/environments.ts";
import type { Catalogue } from "../environments/catalogue.ts";
import { ensureDebugger } from "../environments/debugger.ts";
import { ensureEnvironment, holdsLock, isCached } from "../environments/ensure.ts";
import { inspectMachine, type EnvironmentHost } from "../environments/machine.ts";
import { pinPlan } from "../environments/pinPlan.ts";
import { PythonDownloads } from "../environments/pythonDownloads.ts";
import type { EnvironmentFacts, EnvironmentPlan, Relax, ReportLine } from "../environments/request.ts";
import { toEnvironmentRequest, type FindEnvironment } from "./environmentRequest.ts";
import type { Targets } from "./targets.ts";

/** What a machine said of its Pythons is believed for this long; then it is asked again beside the next plan. */
const FACTS_GOOD_FOR_MS = 60_000;

export interface JobEnvironmentsOptions {
  targets: Targets;
  clock: Clock;
  /** Folder of this build that holds the Python package `slipway`. */
  pythonFolder: string;
  find: FindEnvironment;
  /** Curated names and what they stand for; asked at each plan. */
  catalogue?: () => Promise<Catalogue>;
  pythonSetting?: string;
  relax?: Relax;
}

/** What is kept with a job: the plan, and the target that it was made for. */
interface KeptPlan {
  target: string;
  plan: EnvironmentPlan;
}

/** Environments as jobs need them: from the YAML's field to an interpreter on the target. */
export class JobEnvironments implements EnvironmentService, EnvironmentPins {
  readonly #options: JobEnvironmentsOptions;
  readonly #downloads: PythonDownloads;
  readonly #facts = new Map<string, { facts: Promise<EnvironmentFacts>; at: number }>();

  constructor(options: JobEnvironmentsOptions) {
    this.#options = options;
    this.#downloads = new PythonDownloads(options);
  }

  async plan(request: Parameters<EnvironmentService["plan"]>[0]): Promise<PlannedEnvironment> {
    const { find, catalogue, relax } = this.#options;
    const field = request.document as LoadedEnvironmentField | null;
    const chosen = field === null ? request.python : undefined;
    const host = { ...this.#host(request.target), ...(chosen === undefined ? {} : { pythonSetting: chosen }) };
    const factsKey = `${request.target}\n${chosen ?? ""}`;
    const [known, asked, entries] = await Promise.all([
      this.#factsOf(factsKey, host),
      toEnvironmentRequest(request.workspace, field, request.python, find),
      catalogue?.(),
    ]);
    // The machine says which program a name is, and its version.
    const found = chosen === undefined ? undefined : known.interpreters.find(({ source }) => source === "setting");
    const wanted = found === undefined ? asked : { ...asked, localPython: found.path };
    const { plan, facts } = await this.#downloads.plan({
      host,
      request: wanted,
      facts: known,
      ...(entries === undefined ? {} : { catalogue: entries }),
      ...(relax === undefined ? {} : { relax }),
    });
    if (facts !== known) {
      this.#facts.set(factsKey, { facts: Promise.resolve(facts), at: this.#options.clock.monotonic() });
    }
    const possible = plan.refusals.length === 0;
    return {
      label: plan.label,
      key: plan.key,
      cached: possible && (await isCached({ ...host, plan })),
      python: `${plan.python.version || "of an unknown version"} (${plan.python.path || "none"})`,
      report: plan.report.map(toLine),
      refusals: [...plan.refusals],
      plan: { target: request.target, plan } satisfies KeptPlan,
    };
  }

  async pin(request: { plan: unknown; lock: string }): Promise<PinnedEnvironment> {
    const { target, plan } = request.plan as KeptPlan;
    const host = this.#host(target);
    const given = { ...host, pythonSetting: plan.python.path };
    const [facts, isThere] = await Promise.all([
      this.#factsOf(`${target}\n${plan.python.path}`, given),
      plan.kind === "build" && holdsLock(host, plan.key, request.lock),
    ]);
    const pinned = pinPlan(plan, { lock: request.lock, interpreters: facts.interpreters, isThere });
    if ("refusal" in pinned) return { key: plan.key, python: "", plan: request.plan, locked: false, ...pinned };
    const { python } = pinned.plan;
    return {
      key: pinned.plan.key,
      python: `${python.version || "of an unknown version"} (${python.path})`,
      plan: { target, plan: pinned.plan } satisfies KeptPlan,
      locked: plan.kind === "build",
      refusal: null,
    };
  }

  async ensure(request: {
    plan: unknown;
    transport: Transport;
    log: (text: string) => Promise<void>;
    signal: AbortSignal;
  }): Promise<ReadyEnvironment> {
    const { target, plan } = request.plan as KeptPlan;
    const decoder = new TextDecoder();
    let written = Promise.resolve();
    const environment = await ensureEnvironment({
      ...this.#host(target),
      plan,
      // In the order in which they come, and all of them before this settles.
      onLog: (bytes) => {
        const text = decoder.decode(bytes, { stream: true });
        written = written.then(() => request.log(text));
      },
      signal: request.signal,
    }).finally(() => written);
    return { base: plan.kind === "build" ? environment.path : environment.python, lock: environment.lock };
  }

  async debugger(request: Parameters<EnvironmentService["debugger"]>[0]): Promise<string> {
    const { target } = request.plan as KeptPlan;
    return ensureDebugger({ ...request, ...this.#host(target) });
  }

  #host(name: string): EnvironmentHost {
    const { targets, pythonFolder, pythonSetting } = this.#options;
    const target = targets.get(name);
    if (target === undefined) throw slipwayError("not-found", `There is no target ${name}.`);
    return {
      transport: target.transport,
      root: target.root,
      pythonFolder,
      ...(pythonSetting === undefined ? {} : { pythonSetting }),
    };
  }

  /** Old facts are good enough for this plan while new ones are on their way. */
  #factsOf(key: string, host: EnvironmentHost): Promise<EnvironmentFacts> {
    const now = this.#options.clock.monotonic();
    const known = this.#facts.get(key);
    if (known && now - known.at <= FACTS_GOOD_FOR_MS) return known.facts;
    const facts = inspectMachine(host);
    facts.then(
      () => this.#facts.set(key, { facts, at: now }),
      () => this.#facts.delete(key),
    );
    if (known === undefined) this.#facts.set(key, { facts, at: now });
    return known?.facts ?? facts;
  }
}

function toLine({ wanted, used, why }: ReportLine): string {
  return `${wanted}: ${used} is used instead, because ${why}.`;
}
