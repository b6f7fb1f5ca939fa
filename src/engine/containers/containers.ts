import type { Clock } from "#base/clock.ts";
import type { Transport } from "#transport/transport.ts";
import type { ContainerNeeds, ReadyContainer, Runtime } from "../core/ports/environments.ts";
import type { Catalogue } from "../environments/catalogue.ts";
import type { EnvironmentRequest } from "../environments/request.ts";
import { chooseRuntime, type Choice } from "./containerChoice.ts";
import { findContainerEngine, userOptions, type ContainerEngine, type FoundEngine } from "./containerEngine.ts";
import type { ContainerPlan } from "./containerPlan.ts";
import { buildCondaImage, buildContextImage, type BuildRequest } from "./imageBuild.ts";
import { condaFault, imageRefused, packagesOf, probeImage, type ImageContents } from "./imageProbe.ts";
import { archFault, findImage, pullImage, registryFault, type PresentImage } from "./images.ts";
import { SharedWork } from "./sharedWork.ts";

/** What a machine said of its container engine is believed for this long. */
const ENGINE_GOOD_FOR_MS = 60_000;

/** A registry that hangs is waited for once, not with each submit of a row of jobs. */
const REGISTRY_GOOD_FOR_MS = 60_000;

/** A machine on which containers run. */
export interface ContainerHost {
  name: string;
  transport: Transport;
  /** Slipway's folder on it. */
  root: string;
}

/** Images and containers on targets: whether one is used, and how it gets there. */
export class Containers {
  readonly #clock: Clock;
  readonly #stagingFolder: string;
  readonly #registryWithinMs: number;
  readonly #engines = new Map<string, { found: Promise<FoundEngine>; at: number }>();
  readonly #registries = new Map<string, { fault: Promise<string | undefined>; at: number }>();
  readonly #probes = new Map<string, Promise<ImageContents>>();
  readonly #packagesOf = new Map<string, Promise<string>>();
  readonly #work = new SharedWork<PresentImage>();

  constructor(options: {
    clock: Clock;
    /** A private folder on this machine for build contexts on their way. */
    stagingFolder: string;
    /** Milliseconds that a registry has to answer; 5,000 when left out. */
    registryWithinMs?: number;
  }) {
    this.#clock = options.clock;
    this.#stagingFolder = options.stagingFolder;
    this.#registryWithinMs = options.registryWithinMs ?? 5000;
  }

  /** Decides where a job runs. Builds and pulls nothing. */
  choose(
    host: ContainerHost,
    asked: { request: EnvironmentRequest; runtime: Runtime; needs: ContainerNeeds; catalogue: Catalogue },
  ): Promise<Choice> {
    return chooseRuntime(asked.request, asked.runtime, asked.needs, {
      transport: host.transport,
      catalogue: asked.catalogue,
      findEngine: () => this.#engine(host),
      probe: (engine, image) => this.#probe(host, engine, image),
      registryFault: (engine, image) => this.#registryFault(host, engine, image),
    });
  }

  /**
   * Makes the image of a plan ready: pulled or built unless it is there, by one for all who need it. Throws
   * `environment-failed` with the words of the engine or of the Dockerfile, and `environment-refused` for an image that turns
   * out not to do.
   */
  async ensure(
    host: ContainerHost,
    plan: ContainerPlan,
    who: { onOutput: (bytes: Uint8Array) => void; signal: AbortSignal },
  ): Promise<{ lock: string; container: ReadyContainer }> {
    const found = await this.#engine(host);
    if (found.engine === null) throw imageRefused(found.reason);
    const { engine } = found;
    let image = await this.#base(host, engine, plan, who);
    const fault = archFault(image, engine);
    if (fault !== undefined) throw imageRefused(fault);
    let contents = await this.#probe(host, engine, image.id);
    if (plan.conda !== null) {
      const base = image;
      const without = condaFault(plan.image, contents);
      if (without !== undefined || contents.conda === null) throw imageRefused(without ?? "it has no conda");
      const conda = { ...plan.conda, program: contents.conda };
      image = await this.#shared(host, `conda ${base.id} ${conda.text}`, who, (request) =>
        buildCondaImage(base, conda, { ...request, engine }),
      );
      contents = await this.#probe(host, engine, image.id);
    }
    const packages = await this.#packages(host, engine, image.id, contents.python);
    const user = userOptions(engine);
    return {
      lock: `# image ${plan.image}\n# id ${image.id}\n${packages}`,
      container: {
        program: engine.program,
        image: image.id,
        shell: contents.shell,
        init: contents.init,
        user: user.options,
        isRoot: user.isRoot,
        gpus: engine.gpus,
        resources: plan.resources,
      },
    };
  }

  /** The plan with the very image of a run's lock; undefined when that is no longer on the machine. */
  async pinned(host: ContainerHost, plan: ContainerPlan, lock: string): Promise<ContainerPlan | undefined> {
    const id = /^# id (\S+)$/mu.exec(lock)?.[1];
    const found = await this.#engine(host);
    if (found.engine === null || id === undefined) return undefined;
    const image = await findImage(host.transport, found.engine.program, id);
    return image && { ...plan, id: image.id, build: null, conda: null };
  }

  async #base(
    host: ContainerHost,
    engine: ContainerEngine,
    plan: ContainerPlan,
    who: { onOutput: (bytes: Uint8Array) => void; signal: AbortSignal },
  ): Promise<PresentImage> {
    const { transport } = host;
    const { id, build } = plan;
    const there = id === null ? undefined : await findImage(transport, engine.program, id);
    if (there) return there;
    if (build !== null) {
      return this.#shared(host, `build ${build.digest}`, who, (request) =>
        buildContextImage(build, { ...request, engine }),
      );
    }
    const present = await findImage(transport, engine.program, plan.image);
    if (present) return present;
    return this.#shared(host, `pull ${plan.image}`, who, (request) =>
      pullImage(transport, engine, plan.image, request),
    );
  }

  #shared(
    host: ContainerHost,
    what: string,
    who: { onOutput: (bytes: Uint8Array) => void; signal: AbortSignal },
    work: (request: Omit<BuildRequest, "engine">) => Promise<PresentImage>,
  ): Promise<PresentImage> {
    const folders = { stagingFolder: this.#stagingFolder, targetFolder: host.root };
    return this.#work.do(
      `${host.name} ${what}`,
      (onOutput, signal) => work({ transport: host.transport, ...folders, onOutput, signal }),
      who,
    );
  }

  #engine(host: ContainerHost): Promise<FoundEngine> {
    const now = this.#clock.monotonic();
    const known = this.#engines.get(host.name);
    if (known && now - known.at <= ENGINE_GOOD_FOR_MS) return known.found;
    const found = findContainerEngine(host.transport, this.#clock);
    this.#engines.set(host.name, { found, at: now });
    found.catch(() => this.#engines.delete(host.name));
    return found;
  }

  #registryFault(host: ContainerHost, engine: ContainerEngine, image: string): Promise<string | undefined> {
    const now = this.#clock.monotonic();
    const key = `${host.name} ${engine.program} ${image}`;
    const known = this.#registries.get(key);
    if (known && now - known.at <= REGISTRY_GOOD_FOR_MS) return known.fault;
    const limit = { clock: this.#clock, ms: this.#registryWithinMs };
    const fault = registryFault(host.transport, engine.program, image, limit);
    this.#registries.set(key, { fault, at: now });
    fault.catch(() => this.#registries.delete(key));
    return fault;
  }

  /** An id's content never changes, so it is asked once, as below. */
  #packages(host: ContainerHost, engine: ContainerEngine, image: string, python: string | null): Promise<string> {
    return once(this.#packagesOf, `${host.name} ${engine.program} ${image}`, () =>
      packagesOf(host.transport, engine, image, python),
    );
  }

  #probe(host: ContainerHost, engine: ContainerEngine, image: string): Promise<ImageContents> {
    return once(this.#probes, `${host.name} ${engine.program} ${image}`, () =>
      probeImage(host.transport, engine, image),
    );
  }
}

/** What was asked before, or is being asked; a failure is forgotten. */
function once<T>(known: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const before = known.get(key);
  if (before) return before;
  const answer = ask();
  known.set(key, answer);
  answer.catch(() => known.delete(key));
  return answer;
}
