import { messageOf } from "#base/errors.ts";
import type { Transport } from "#transport/transport.ts";
import type { ContainerNeeds, Runtime } from "../core/ports/environments.ts";
import type { Catalogue } from "../environments/catalogue.ts";
import { meaningOfImage } from "../environments/images.ts";
import type { EnvironmentRequest } from "../environments/request.ts";
import { baseImages, readContext } from "./buildContext.ts";
import type { ContainerEngine, FoundEngine } from "./containerEngine.ts";
import type { ContainerPlan } from "./containerPlan.ts";
import { readDockerArguments } from "./dockerArguments.ts";
import { condaTag, contextTag } from "./imageBuild.ts";
import { isImageName } from "./imageName.ts";
import { condaFault, type ImageContents } from "./imageProbe.ts";
import { archFault, findImage, rangeAdvice, type PresentImage } from "./images.ts";

/** Where a job's program runs. */
export type Choice =
  | { kind: "container"; reason: string; plan: ContainerPlan; cached: boolean; engine: ContainerEngine }
  /** `asked`: a container was possible, so the reason is worth a line. */
  | { kind: "python"; reason: string; asked: boolean }
  | { kind: "refused"; reason: string };

/** What is known and can be asked of the target. */
export interface ChoiceServices {
  transport: Transport;
  catalogue: Catalogue;
  findEngine: () => Promise<FoundEngine>;
  probe: (engine: ContainerEngine, image: string) => Promise<ImageContents>;
  /** Why an image cannot be had from its registry; undefined when it can. */
  registryFault: (engine: ContainerEngine, image: string) => Promise<string | undefined>;
}

/** A container stands in the way of itself: the reason. */
class Hindrance extends Error {}

/**
 * Decides between a container and a Python environment. `auto` takes a container only where its image is on the machine or can
 * be had at once; names that the catalogue knows are its own. Builds and pulls nothing.
 */
export async function chooseRuntime(
  request: EnvironmentRequest,
  runtime: Runtime,
  needs: ContainerNeeds,
  services: ChoiceServices,
): Promise<Choice> {
  const { image, buildContext } = request;
  const asked = image !== undefined || buildContext !== undefined;
  if (runtime === "python") return { kind: "python", reason: "the runtime python was asked for", asked };
  if (request.localPython !== undefined) {
    return { kind: "python", reason: "it names no environment", asked: false };
  }
  if (!asked) {
    const reason = "the environment names no image and no build context";
    return runtime === "auto" ? { kind: "python", reason, asked } : { kind: "refused", reason };
  }
  const known = image !== undefined && meaningOfImage(image, services.catalogue).curated !== undefined;
  if (runtime === "auto" && known && request.condaFile === undefined) {
    return { kind: "python", reason: `the catalogue knows ${image}`, asked };
  }
  try {
    return await containerFor(request, needs, services);
  } catch (failure) {
    if (!(failure instanceof Hindrance)) throw failure;
    if (runtime === "auto") return { kind: "python", reason: failure.message, asked };
    return { kind: "refused", reason: failure.message };
  }
}

async function containerFor(
  request: EnvironmentRequest,
  needs: ContainerNeeds,
  services: ChoiceServices,
): Promise<Choice> {
  if (needs.debug) throw new Hindrance("a debugger enters by a Python environment");
  const found = await services.findEngine();
  if (found.engine === null) throw new Hindrance(found.reason);
  const { engine } = found;
  if (!engine.hasUserRange) {
    throw new Hindrance(`podman has no range of user ids (subuid) for this user. ${rangeAdvice}`);
  }
  if (needs.gpus > 0 && !engine.gpus) {
    throw new Hindrance(
      engine.program === "podman"
        ? "podman cannot pass GPUs on: there is no CDI file (nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml)"
        : "docker cannot pass GPUs on: it has no NVIDIA runtime",
    );
  }
  const resources = resourceOptions(needs);
  return request.buildContext === undefined
    ? imageChoice(request, engine, resources, services)
    : buildChoice(request.buildContext, engine, resources, services);
}

async function imageChoice(
  request: EnvironmentRequest,
  engine: ContainerEngine,
  resources: readonly string[],
  services: ChoiceServices,
): Promise<Choice> {
  const { image = "", condaFile, files = {} } = request;
  if (!isImageName(image)) throw new Hindrance(`${JSON.stringify(image.slice(0, 200))} is no image's name`);
  const conda = condaFile === undefined ? null : { text: condaFile, files };
  const plan = (id: string | null): ContainerPlan => ({ image, id, build: null, conda, resources });
  const present = await findImage(services.transport, engine.program, image);
  if (present === undefined) {
    const fault = await services.registryFault(engine, image);
    if (fault !== undefined) throw new Hindrance(`${image} is not on the machine and ${fault}`);
    return { kind: "container", reason: "its registry answers", plan: plan(null), cached: false, engine };
  }
  const contents = await runnable(present, engine, services);
  const without = conda === null ? undefined : condaFault(image, contents);
  if (without !== undefined) throw new Hindrance(without);
  const cached =
    conda === null || (await findImage(services.transport, engine.program, condaTag(present.id, conda))) !== undefined;
  return { kind: "container", reason: "its image is on the machine", plan: plan(present.id), cached, engine };
}

async function buildChoice(
  given: NonNullable<EnvironmentRequest["buildContext"]>,
  engine: ContainerEngine,
  resources: readonly string[],
  services: ChoiceServices,
): Promise<Choice> {
  const { transport } = services;
  const build = await readContext(given.folder, given.dockerfile);
  const image = contextTag(build);
  const there = await findImage(transport, engine.program, image);
  const plan: ContainerPlan = { image, id: there?.id ?? null, build, conda: null, resources };
  if (there) {
    await runnable(there, engine, services);
    return { kind: "container", reason: "its image was built before", plan, cached: true, engine };
  }
  for (const base of await baseImages(build)) {
    if (!isImageName(base)) throw new Hindrance(`${JSON.stringify(base.slice(0, 200))} in FROM is no image's name`);
    const present = await findImage(transport, engine.program, base);
    const fault = present ? archFault(present, engine) : await services.registryFault(engine, base);
    if (fault !== undefined) throw new Hindrance(`its Dockerfile begins with ${base}: ${fault}`);
  }
  return { kind: "container", reason: "what its Dockerfile begins with can be had", plan, cached: false, engine };
}

/** What is in an image that is there; a hindrance when it does not run. */
async function runnable(
  image: PresentImage,
  engine: ContainerEngine,
  services: ChoiceServices,
): Promise<ImageContents> {
  const fault = archFault(image, engine);
  if (fault !== undefined) throw new Hindrance(fault);
  try {
    return await services.probe(engine, image.id);
  } catch (failure) {
    if ((failure as { code?: unknown }).code !== "environment-failed") throw failure;
    throw new Hindrance(messageOf(failure).replace(/\s*\n\s*/gu, " "));
  }
}

/** Limits as Azure has them in `resources`. Throws for arguments that a job may not give. */
function resourceOptions({ memoryBytes, shmSize, dockerArgs }: ContainerNeeds): string[] {
  const given = dockerArgs === null ? { options: [] } : readDockerArguments(dockerArgs);
  if ("refusal" in given) throw new Hindrance(given.refusal);
  return [
    ...(memoryBytes > 0 ? [`--memory=${memoryBytes}b`] : []),
    ...(shmSize === null ? [] : [`--shm-size=${shmSize}`]),
    ...given.options,
  ];
}
