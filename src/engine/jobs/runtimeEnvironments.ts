import type { LoadedEnvironmentField } from "#spec/index.ts";
import { slipwayError } from "#contract/errors.ts";
import type { Containers, ContainerHost } from "../containers/containers.ts";
import { containerKey, type ContainerPlan } from "../containers/containerPlan.ts";
import type {
  ContainerNeeds,
  EnvironmentPins,
  EnvironmentService,
  PinnedEnvironment,
  PlannedEnvironment,
  ReadyEnvironment,
} from "../core/ports/environments.ts";
import { Catalogue } from "../environments/catalogue.ts";
import { toEnvironmentRequest, type FindEnvironment } from "./environmentRequest.ts";
import type { Targets } from "./targets.ts";

const noNeeds: ContainerNeeds = { gpus: 0, memoryBytes: 0, shmSize: null, dockerArgs: null, debug: false };

/** What is kept with a job that runs in a container. */
interface KeptContainer {
  target: string;
  container: ContainerPlan;
}

export interface RuntimeEnvironmentsOptions {
  python: EnvironmentService & EnvironmentPins;
  containers: Containers;
  targets: Targets;
  find: FindEnvironment;
  catalogue?: () => Promise<Catalogue>;
}

/** Environments as jobs need them: a container or a Python environment, whichever is asked for or at hand. */
export class RuntimeEnvironments implements EnvironmentService, EnvironmentPins {
  readonly #options: RuntimeEnvironmentsOptions;

  constructor(options: RuntimeEnvironmentsOptions) {
    this.#options = options;
  }

  async plan(request: Parameters<EnvironmentService["plan"]>[0]): Promise<PlannedEnvironment> {
    const { python, containers, find, catalogue } = this.#options;
    const { runtime = "auto", needs = noNeeds, workspace, target } = request;
    const field = request.document as LoadedEnvironmentField | null;
    const [asked, entries] = await Promise.all([
      toEnvironmentRequest(workspace, field, request.python, find),
      catalogue?.() ?? new Catalogue(),
    ]);
    const choice = await containers.choose(this.#host(target), {
      request: asked,
      runtime,
      needs,
      catalogue: entries,
    });
    if (choice.kind === "container") {
      const { plan, engine, reason, cached } = choice;
      const image = asked.image ?? `image of ${asked.buildContext?.folder ?? plan.image}`;
      return {
        label: asked.label ?? image,
        key: containerKey(plan),
        cached,
        python: "of the image",
        report: [`Runs in a container of ${image} with ${engine.program}: ${reason}.`],
        refusals: [],
        runtime: { kind: "container", reason },
        plan: { target, container: plan } satisfies KeptContainer,
      };
    }
    const planned = await python.plan(request);
    if (choice.kind === "refused") {
      const reason = `No container can be used: ${choice.reason}`;
      return { ...planned, report: [], refusals: [reason], runtime: { kind: "container", reason: choice.reason } };
    }
    if (!choice.asked) return planned;
    const { reason } = choice;
    const report = [`Runs in a Python environment, not in a container: ${reason}.`, ...planned.report];
    return { ...planned, report, runtime: { kind: "python", reason } };
  }

  async pin(request: { plan: unknown; lock: string }): Promise<PinnedEnvironment> {
    if (!isContainer(request.plan)) return this.#options.python.pin(request);
    const { target, container } = request.plan;
    const pinned = await this.#options.containers.pinned(this.#host(target), container, request.lock);
    const python = "of the image";
    if (pinned !== undefined) {
      const plan: KeptContainer = { target, container: pinned };
      return { key: containerKey(container), python, plan, locked: true, refusal: null };
    }
    const refusal = `The image that the run used (${container.image}) is no longer on the machine.`;
    return { key: containerKey(container), python, plan: request.plan, locked: false, refusal };
  }

  async ensure(request: Parameters<EnvironmentService["ensure"]>[0]): Promise<ReadyEnvironment> {
    if (!isContainer(request.plan)) return this.#options.python.ensure(request);
    const { target, container } = request.plan;
    const decoder = new TextDecoder();
    let written = Promise.resolve();
    const onOutput = (bytes: Uint8Array): void => {
      const text = decoder.decode(bytes, { stream: true });
      written = written.then(() => request.log(text));
    };
    const ready = await this.#options.containers
      .ensure(this.#host(target), container, { onOutput, signal: request.signal })
      .finally(() => written);
    return { base: "", ...ready };
  }

  debugger(request: Parameters<EnvironmentService["debugger"]>[0]): Promise<string> {
    if (!isContainer(request.plan)) return this.#options.python.debugger(request);
    throw slipwayError("environment-refused", "A job in a container cannot be debugged.", {
      next: "Run it without a container (`--runtime python`).",
    });
  }

  #host(name: string): ContainerHost {
    const target = this.#options.targets.get(name);
    if (target === undefined) throw slipwayError("not-found", `There is no target ${name}.`);
    return target;
  }
}

function isContainer(plan: unknown): plan is KeptContainer {
  return typeof plan === "object" && plan !== null && "container" in plan;
}
