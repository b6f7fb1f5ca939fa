import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { slipwayError } from "#contract/errors.ts";
import type { Transport } from "#transport/transport.ts";
import type { BuildContext } from "./buildContext.ts";
import { readContext } from "./buildContext.ts";
import type { ContainerEngine } from "./containerEngine.ts";
import { callEngine } from "./engineCall.ts";
import { engineError, findImage, type PresentImage } from "./images.ts";

/** A conda file for an image, with the texts beside it that it names. */
export interface CondaPart {
  text: string;
  files: Readonly<Record<string, string>>;
}

export interface BuildRequest {
  transport: Transport;
  engine: ContainerEngine;
  /** A folder on this machine for what is on its way, and one on the target. */
  stagingFolder: string;
  targetFolder: string;
  signal: AbortSignal;
  onOutput: (bytes: Uint8Array) => void;
}

/** Name of the image that a build context becomes: the same content is the same image. */
export function contextTag({ digest }: Pick<BuildContext, "digest">): string {
  return `localhost/slipway/build:${digest.slice(0, 32)}`;
}

/** Name of an image with a conda file's environment in it. */
export function condaTag(image: string, conda: CondaPart): string {
  const parts = JSON.stringify([image, conda.text, Object.entries(conda.files).sort()]);
  return `localhost/slipway/conda:${createHash("sha256").update(parts).digest("hex").slice(0, 32)}`;
}

/**
 * Builds a context, as it was at the submit, unless its image is there. Throws `environment-failed` with the build's own log,
 * and `conflict` when the folder changed since.
 */
export async function buildContextImage(context: BuildContext, request: BuildRequest): Promise<PresentImage> {
  const tag = contextTag(context);
  const there = await findImage(request.transport, request.engine.program, tag);
  if (there) return there;
  return withStaged(request, async (folder) => {
    // Copied first and hashed then: what is built is what was hashed.
    await cp(context.folder, folder, { recursive: true, verbatimSymlinks: true });
    const copied = await readContext(folder, context.dockerfile);
    if (copied.digest !== context.digest) {
      throw slipwayError("conflict", `The build context ${context.folder} changed since the job was submitted.`, {
        next: "Submit the job again.",
      });
    }
    return build(tag, context.dockerfile, folder, request, `The Dockerfile ${context.dockerfile} failed`);
  });
}

/** Adds a conda file's environment to an image, by the conda that the image has. Throws as {@link buildContextImage}. */
export async function buildCondaImage(
  image: PresentImage,
  conda: CondaPart & { program: string },
  request: BuildRequest,
): Promise<PresentImage> {
  const { transport, engine } = request;
  const tag = condaTag(image.id, conda);
  const there = await findImage(transport, engine.program, tag);
  if (there) return there;
  // Builders take a name where they do not take an id.
  const base = `localhost/slipway/base:${image.id.replace(/^sha256:/u, "").slice(0, 32)}`;
  const tagged = await callEngine(transport, [engine.program, "tag", image.id, base]);
  if (tagged.code !== 0) throw engineError(`${engine.program} cannot name the image`, tagged);
  return withStaged(request, async (folder) => {
    const files = { ...conda.files, "conda.yml": conda.text };
    for (const [path, text] of Object.entries(files)) {
      const to = join(folder, "parts", path);
      await mkdir(dirname(to), { recursive: true });
      await writeFile(to, text);
    }
    await writeFile(join(folder, "Dockerfile"), condaDockerfile(base, conda.program));
    return build(tag, "Dockerfile", folder, request, "The conda file cannot be installed in the image");
  });
}

const prefix = "/opt/slipway/environment";

/** @internal */
export function condaDockerfile(base: string, program: string): string {
  const isMicro = program.endsWith("/micromamba");
  const make = isMicro
    ? [program, "create", "--yes", "--prefix", prefix, "--file", "/opt/slipway/parts/conda.yml"]
    : [program, "env", "create", "--prefix", prefix, "--file", "/opt/slipway/parts/conda.yml"];
  return [
    `FROM ${base}`,
    "USER 0",
    "COPY parts /opt/slipway/parts",
    "WORKDIR /opt/slipway/parts",
    `RUN ${JSON.stringify(make)}`,
    `ENV PATH="${prefix}/bin:$PATH" CONDA_PREFIX="${prefix}"`,
    "",
  ].join("\n");
}

async function withStaged<T>(request: BuildRequest, work: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(request.stagingFolder, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(request.stagingFolder, "build-"));
  try {
    const context = join(folder, "context");
    await mkdir(context);
    return await work(context);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function build(
  tag: string,
  dockerfile: string,
  folder: string,
  request: BuildRequest,
  failure: string,
): Promise<PresentImage> {
  const { transport, engine, signal, onOutput } = request;
  const remote = transport.sharesFiles ? folder : `${request.targetFolder}/builds/${tag.split(":")[1] ?? ""}`;
  if (!transport.sharesFiles) await transport.put(folder, remote);
  try {
    const end = await callEngine(
      transport,
      [engine.program, "build", "--tag", tag, "--file", `${remote}/${dockerfile}`, "--", remote],
      { signal, onOutput },
    );
    const image = end.code === 0 ? await findImage(transport, engine.program, tag) : undefined;
    // Podman's words stand on both streams: what a step printed is what explains its failure.
    if (image === undefined) throw engineError(failure, { ...end, words: `${end.out}\n${end.words}` });
    return image;
  } finally {
    if (!transport.sharesFiles) await callEngine(transport, ["rm", "-rf", "--", remote]);
  }
}
