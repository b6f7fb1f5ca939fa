import type { Clock } from "#base/clock.ts";
import { slipwayError } from "#contract/errors.ts";
import type { Transport } from "#transport/transport.ts";
import type { ContainerEngine } from "./containerEngine.ts";
import { callEngine, lastWords, type CallEnd } from "./engineCall.ts";
import { fullImageName } from "./imageName.ts";

/** An image that is on a machine. */
export interface PresentImage {
  /** `sha256:…` with docker, the bare digits with podman; both take it as a name. */
  id: string;
  arch: string;
}

/** The image of a name or id on the machine; undefined when it is not there. */
export async function findImage(
  transport: Transport,
  program: ContainerEngine["program"],
  name: string,
): Promise<PresentImage | undefined> {
  for (const one of new Set([name, fullImageName(name)])) {
    const format = "{{.Id}} {{.Architecture}}";
    const end = await callEngine(transport, [program, "image", "inspect", "--format", format, "--", one]);
    const [id, arch] = end.out.trim().split(" ");
    if (end.code === 0 && id) return { id, arch: arch ?? "" };
  }
  return undefined;
}

/** Why an image cannot be had from its registry within `withinMs`; undefined when it can. */
export async function registryFault(
  transport: Transport,
  program: ContainerEngine["program"],
  name: string,
  limit: { clock: Clock; ms: number },
): Promise<string | undefined> {
  const full = fullImageName(name);
  const end = await callEngine(transport, [program, "manifest", "inspect", "--", full], { limit });
  if (end.late) return `the registry of ${full} did not answer within ${limit.ms / 1000} s`;
  return end.code === 0 ? undefined : `the registry of ${full} does not give it: ${lastWords(end)}`;
}

/** Brings an image from its registry. Throws `environment-failed` with the engine's own words. */
export async function pullImage(
  transport: Transport,
  engine: ContainerEngine,
  name: string,
  options: { signal: AbortSignal; onOutput: (bytes: Uint8Array) => void },
): Promise<PresentImage> {
  const full = fullImageName(name);
  const end = await callEngine(transport, [engine.program, "pull", "--", full], options);
  const image = end.code === 0 ? await findImage(transport, engine.program, full) : undefined;
  if (image === undefined) throw engineError(`${engine.program} cannot pull ${full}`, end);
  return image;
}

/** Why an image cannot run on a machine of another architecture; undefined when it can. */
export function archFault(image: PresentImage, engine: ContainerEngine): string | undefined {
  if (image.arch === "" || engine.arch === "" || image.arch === engine.arch) return undefined;
  return `the image is for ${image.arch} and the machine is ${engine.arch}`;
}

/** A fault of a container engine, with its last words. */
export function engineError(what: string, end: CallEnd): Error {
  const range = rangeFault(end.words);
  const words = end.words.trim().slice(-4000);
  return slipwayError("environment-failed", `${what}:\n${words || `exit code ${String(end.code)}`}`, {
    next: range ?? "Change what the message names, or run without a container (`--runtime python`).",
    details: { words },
  });
}

/** The next step where a rootless engine has no range of user ids. */
export const rangeAdvice =
  "Ask for a range of user ids (as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER, then podman system migrate), or run without a container (`--runtime python`).";

function rangeFault(words: string): string | undefined {
  return /subuid|subgid|insufficient UIDs or GIDs|newuidmap/u.test(words) ? rangeAdvice : undefined;
}
