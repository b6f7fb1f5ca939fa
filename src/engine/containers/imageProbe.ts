import { slipwayError } from "#contract/errors.ts";
import type { Transport } from "#transport/transport.ts";
import { listInstalled } from "../environments/ensure.ts";
import { userOptions, type ContainerEngine } from "./containerEngine.ts";
import { callEngine, type CallEnd } from "./engineCall.ts";
import { engineError } from "./images.ts";

/** What is in an image, as it says itself when it is started. */
export interface ImageContents {
  /** The shell that takes the command: bash as on Azure, else the image's sh. */
  shell: string;
  init: boolean;
  python: string | null;
  /** micromamba, mamba or conda. */
  conda: string | null;
}

const lookAround = [
  "for name in bash python3 python micromamba mamba conda; do",
  '  path=$(command -v "$name") && echo "$name=$path"',
  "done",
  "for path in /opt/conda/bin/conda /opt/miniconda/bin/conda /root/miniconda3/bin/conda; do",
  '  [ -x "$path" ] && echo "elsewhere=$path"',
  "done",
  "exit 0",
].join("\n");

const noInit = /container-init|init binary|docker-init|catatonit|tini/iu;

/**
 * Starts the image once, without network and without anything of the machine, and asks what it has. Throws
 * `environment-failed` when the engine cannot run it.
 */
export async function probeImage(transport: Transport, engine: ContainerEngine, image: string): Promise<ImageContents> {
  const start = (more: readonly string[]): Promise<CallEnd> =>
    callEngine(transport, [
      ...[engine.program, "run", "--rm", "--network=none", ...userOptions(engine).options, ...more],
      ...["--entrypoint", "/bin/sh", "--", image, "-c", lookAround],
    ] as [string, ...string[]]);
  let end = await start(["--init"]);
  const init = end.code === 0 || !noInit.test(end.words);
  if (!init) end = await start([]);
  if (end.code !== 0) throw engineError(`${engine.program} cannot run the image`, end);
  const found = new Map(
    end.out.split("\n").flatMap((line) => {
      const at = line.indexOf("=");
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)] as const] : [];
    }),
  );
  const one = (...names: string[]): string | null =>
    names.map((name) => found.get(name)).find((path) => path?.startsWith("/")) ?? null;
  return {
    shell: one("bash") ?? "/bin/sh",
    init,
    python: one("python3", "python"),
    conda: one("micromamba", "mamba", "conda", "elsewhere"),
  };
}

/** Name and version of every Python package in an image, one a line; empty where it has no Python. */
export async function packagesOf(
  transport: Transport,
  engine: ContainerEngine,
  image: string,
  python: string | null,
): Promise<string> {
  if (python === null) return "";
  const end = await callEngine(transport, [
    ...[engine.program, "run", "--rm", "--network=none", ...userOptions(engine).options],
    ...["--entrypoint", python, "--", image, "-c", listInstalled],
  ] as [string, ...string[]]);
  // The first line is the prefix.
  return end.code === 0 ? end.out.slice(end.out.indexOf("\n") + 1) : "";
}

/** An image without conda cannot take a conda file. */
export function condaFault(image: string, { conda }: ImageContents): string | undefined {
  return conda === null ? `${image} has none of micromamba, mamba and conda, which the conda file needs` : undefined;
}

/** The refusal of an image that turned out, after its download, not to do. */
export function imageRefused(reason: string): Error {
  return slipwayError("environment-refused", `The job cannot run in this image: ${reason}.`, {
    next: "Choose another image, or run without a container (`--runtime python`).",
  });
}
