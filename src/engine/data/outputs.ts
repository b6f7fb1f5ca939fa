import { cp, mkdir, mkdtemp, realpath, rm, stat, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { JobPort } from "#contract/entities/job.ts";
import { errnoOf } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";
import type { Assets } from "#engine/assets/assets.ts";
import type { ArtifactService } from "#engine/core/ports/artifacts.ts";
import type { PlannedOutput } from "#engine/core/jobPlan.ts";
import type { Datastores } from "#engine/datastores/datastores.ts";
import type { FileWorkers } from "#engine/snapshots/fileTasks.ts";
import { shellFault } from "#spec/index.ts";
import type { Transport } from "#transport/transport.ts";
import { digestLimits } from "./inputs.ts";
import { isModelType, type Locator } from "./locator.ts";

export interface OutputsOptions {
  datastores: Datastores;
  locator: Locator;
  workers: FileWorkers;
  artifacts: ArtifactService;
  assets: Assets;
  /** Folder for what is fetched from another machine. */
  temporary: string;
}

export interface OutputRequest {
  workspace: string;
  job: string;
  name: string;
  output: PlannedOutput;
  transport: Transport;
}

export interface KeptOutput {
  port: JobPort;
  assetId: number | null;
}

/** Where a job writes its outputs, and what becomes of them when it is over. */
export class Outputs {
  readonly #options: OutputsOptions;

  constructor(options: OutputsOptions) {
    this.#options = options;
  }

  /**
   * A path that the command writes to: for a folder one that exists (and is empty, unless the YAML names one that has
   * files), for a file one whose folder exists. Written in place (`rw_mount`, `direct`) or copied at the end (`upload`).
   */
  async prepare(request: OutputRequest & { attemptFolder: string }): Promise<{ path: string }> {
    const { name, output, transport, attemptFolder } = request;
    const destination = await this.#destination(request);
    const inPlace = destination !== null && output.mode !== "upload" && transport.sharesFiles;
    if (inPlace) {
      await mkdir(isFile(output) ? dirname(destination.path) : destination.path, { recursive: true });
      return { path: await plainPlace(destination.path, isFile(output), join(attemptFolder, "named-outputs", name)) };
    }
    const folder = join(attemptFolder, "named-outputs", name);
    await makeFolder(transport, folder);
    if (!isFile(output)) return { path: folder };
    return { path: join(folder, destination === null ? name : basename(destination.path)) };
  }

  /** Keeps what was written at `path`. May be done again: the same content is kept once. Throws `disk-full`. */
  async collect(request: OutputRequest & { path: string; actor: string }): Promise<KeptOutput> {
    const destination = await this.#destination(request);
    const { output, transport } = request;
    if (destination === null) return this.#keep(request);
    if ((await realPlace(request.path)) !== (await realPlace(destination.path)))
      await this.#copy(request.path, destination.path, transport);
    const found = await this.#options.workers.run("digestPath", { path: destination.path, ...digestLimits });
    const port: JobPort = {
      type: output.type,
      mode: output.mode,
      path: destination.uri,
      ...(found ? { digest: found.digest } : {}),
    };
    return this.#register(request, port, undefined);
  }

  /** The path that {@link collect} left an output at, when its YAML named the place; null otherwise. */
  async placeOf(workspace: string, { path, type }: JobPort): Promise<string | null> {
    if (path === undefined || path.startsWith("azureml://jobs/") || path.includes("${{")) return null;
    const location = await this.#options.locator.locate(workspace, path, type ?? "uri_folder").catch(() => null);
    return location?.at === "path" ? location.path : null;
  }

  /** Without a path of its own an output lies among the job's artifacts, by content. */
  async #keep(request: OutputRequest & { path: string; actor: string }): Promise<KeptOutput> {
    const { workspace, job, name, output, path, transport } = request;
    // Azure's magic name: what is written there stands at the root of the job's artifacts, beside `outputs/`.
    const prefix = name === "artifacts" ? "" : `named-outputs/${name}`;
    await this.#local(transport, isFile(output) ? dirname(path) : path, async (folder) => {
      await this.#options.artifacts.addFolder({ workspace, name: job, prefix, folder });
    });
    const below = isFile(output) ? basename(path) : "";
    const uri = `azureml://jobs/${job}/outputs/${name}/paths/${below}`;
    const tree = await this.#options.assets.treeOfRun(workspace, job, join(prefix, below));
    const port: JobPort = {
      type: output.type,
      mode: output.mode,
      path: uri,
      ...(tree ? { digest: tree.digest } : {}),
    };
    return this.#register(request, port, tree);
  }

  async #register(
    request: OutputRequest & { actor: string },
    port: JobPort,
    tree: Awaited<ReturnType<Assets["treeOfRun"]>>,
  ): Promise<KeptOutput> {
    const { workspace, job, output, actor } = request;
    if (output.name === null) return { port, assetId: null };
    const asset = await this.#options.assets.registerOutput(
      {
        workspace,
        kind: isModelType(output.type) ? "model" : "data",
        name: output.name,
        version: output.version ?? undefined,
        type: output.type,
        path: port.path ?? "",
        digest: port.digest ?? null,
        tree,
        job,
      },
      actor,
    );
    return { port: { ...port, name: asset.name, version: asset.version }, assetId: asset.id };
  }

  /** The place that the YAML names, with Azure's placeholders filled in; null when it names none. */
  async #destination(request: OutputRequest): Promise<{ path: string; uri: string } | null> {
    const { workspace, job, name, output } = request;
    if (output.path === null) return null;
    const values: Record<string, string> = {
      name: job,
      output_name: name,
      default_datastore: await this.#options.datastores.defaultName(workspace),
    };
    const uri = output.path.replace(/\$\{\{\s*([a-z_]+)\s*\}\}/g, (text, key: string) => values[key] ?? text);
    const location = await this.#options.locator.locate(workspace, uri, output.type);
    if (location.at === "path" && location.asset === undefined) return { path: location.path, uri };
    throw slipwayError("input-unavailable", `The output ${name} cannot be written to ${uri}.`, {
      next: "Name a folder, or azureml://datastores/NAME/paths/… of a datastore that is a folder of this machine.",
    });
  }

  async #copy(from: string, to: string, transport: Transport): Promise<void> {
    await this.#local(transport, from, async (path) => {
      if (!(await stat(path).catch(() => undefined))) return;
      try {
        await mkdir(dirname(to), { recursive: true });
        await cp(path, to, { recursive: true });
      } catch (cause) {
        if (errnoOf(cause) !== "ENOSPC") throw cause;
        throw slipwayError("disk-full", `There is no space left for the output at ${to}.`, {
          next: "Free some space and run the job again.",
          cause,
        });
      }
    });
  }

  /** The path as a path of this machine: itself, or a copy that is removed afterwards. */
  async #local(transport: Transport, path: string, use: (local: string) => Promise<void>): Promise<void> {
    if (transport.sharesFiles) return use(path);
    await mkdir(this.#options.temporary, { recursive: true });
    const folder = await mkdtemp(join(this.#options.temporary, "output-"));
    try {
      const copy = join(folder, basename(path));
      await transport.get(path, copy);
      await use(copy);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** A place that bash would take apart is given by a link in the attempt's own folder, as for inputs. */
async function plainPlace(path: string, file: boolean, to: string): Promise<string> {
  const folder = file ? dirname(path) : path;
  if (shellFault(folder) === undefined || shellFault(to) !== undefined) return path;
  await mkdir(dirname(to), { recursive: true });
  await symlink(folder, to);
  return file ? join(to, basename(path)) : to;
}

/** The path without links, also of what is not there yet. */
async function realPlace(path: string): Promise<string> {
  const whole = await realpath(path).catch(() => undefined);
  if (whole !== undefined) return whole;
  return join(await realpath(dirname(path)).catch(() => dirname(path)), basename(path));
}

function isFile(output: PlannedOutput): boolean {
  return output.type === "uri_file";
}

async function makeFolder(transport: Transport, path: string): Promise<void> {
  if (transport.sharesFiles) {
    await mkdir(path, { recursive: true });
    return;
  }
  const process = await transport.exec(["mkdir", "-p", path]);
  process.stdin.end();
  process.stdout.resume();
  process.stderr.resume();
  const { code } = await process.exit;
  if (code !== 0) throw slipwayError("target-fault", `The folder ${path} could not be made on the target.`);
}
