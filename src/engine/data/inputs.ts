import { mkdir, stat, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { JobPort } from "#contract/entities/job.ts";
import { slipwayError } from "#contract/errors.ts";
import { treeOfRun, type KeptFiles } from "#engine/assets/runFiles.ts";
import type { ArtifactService } from "#engine/core/ports/artifacts.ts";
import type { DataInput } from "#engine/core/ports/data.ts";
import { countProgress, type FileCount, type OnProgress } from "#engine/core/progress.ts";
import { canonicalUrl } from "#engine/mirrors/cloudUrl.ts";
import type { FileWorkers } from "#engine/snapshots/fileTasks.ts";
import { shellFault } from "#spec/index.ts";
import type { OnFiles, Trees } from "#engine/snapshots/trees.ts";
import type { Store } from "#engine/store/store.ts";
import type { Workspaces } from "#engine/workspaces/workspaces.ts";
import type { Transport } from "#transport/transport.ts";
import type { Location } from "./location.ts";
import type { Locator } from "./locator.ts";
import type { TreeViews } from "./treeViews.ts";
import type { UrlCache } from "./urlCache.ts";

export interface InputsOptions {
  store: Store;
  workspaces: Workspaces;
  locator: Locator;
  trees: Trees;
  views: TreeViews;
  urls: UrlCache;
  workers: FileWorkers;
  artifacts: ArtifactService;
}

/** Beyond these a folder is used without a digest: it would take longer than a start may. */
export const digestLimits = { maxBytes: 256 * 1024 * 1024, maxFiles: 20_000 };

export interface ResolvedInput {
  /** What `${{inputs.x}}` becomes. */
  path: string;
  port: JobPort;
  assetId: number | null;
}

/** Where the bytes are on this machine, whatever named them. */
interface Found {
  path: string;
  digest: string | null;
  note: string;
}

/** Brings data to a job. Types are never checked against what is there: Azure does not either. */
export class Inputs {
  readonly #options: InputsOptions;

  constructor(options: InputsOptions) {
    this.#options = options;
  }

  /** What will be said of an input before the run. Reads nothing of the data but whether it is there. */
  async describe(workspace: string, input: DataInput): Promise<string> {
    const location = await this.#options.locator.locate(workspace, input.path, input.type);
    const { asset } = location;
    const name = asset ? `${asset.kind} ${asset.name}:${asset.version}, ` : "";
    switch (location.at) {
      case "path":
        await mustExist(location.path, location.uri);
        return `${name}${location.note}: ${location.path}${isCopy(input.mode) ? ", copied for the job" : ""}`;
      case "tree":
        return `${name}frozen${isCopy(input.mode) ? ", copied for the job" : ", shared and read-only"}`;
      case "artifacts":
        return `${name}left by the job ${location.run}`;
      case "url":
        return `${name}downloaded from ${new URL(canonicalUrl(location.url) ?? location.url).host} when the job starts`;
    }
  }

  /**
   * The content of an input as it is now, by its hash; null when it cannot be told without a download, or is too large to
   * be read before a run. Throws what {@link resolve} throws.
   */
  async digestOf(workspace: string, input: DataInput): Promise<string | null> {
    const location = await this.#options.locator.locate(workspace, input.path, input.type);
    switch (location.at) {
      case "path":
        await mustExist(location.path, location.uri);
        return this.#digest(location.path);
      case "tree":
        return this.#treeDigest(location);
      case "artifacts":
        return (await this.#leftBy(workspace, location)).digest;
      case "url":
        return null;
    }
  }

  /** Brings an input to where the command reads it. Throws `input-unavailable`, `not-found`, `disk-full`. */
  async resolve(request: {
    workspace: string;
    name: string;
    input: DataInput;
    attemptFolder: string;
    transport: Transport;
    signal: AbortSignal;
    onProgress?: OnProgress;
  }): Promise<ResolvedInput> {
    const { workspace, input } = request;
    const onFiles = (count: FileCount) => request.onProgress?.(countProgress("input", request.name, count));
    const location = await this.#options.locator.locate(workspace, input.path, input.type);
    // What the author wrote is pasted as Azure pastes it; what somebody else named must be harmless to bash.
    const foreign = location.asset !== undefined || location.at === "tree" || location.at === "artifacts";
    if (input.mode === "direct" && location.at === "url") {
      if (foreign) refuseFault(request.name, location.url);
      return { path: location.url, port: port(input, location, null), assetId: location.asset?.id ?? null };
    }
    const to = join(request.attemptFolder, "inputs", request.name);
    const away = !request.transport.sharesFiles;
    const { path, digest } =
      location.at === "tree" && (away || isCopy(input.mode))
        ? await this.#layOutTree(location, to, request.transport, onFiles)
        : await this.#bring(
            await this.find(workspace, location, request.signal, onFiles),
            to,
            away || isCopy(input.mode),
            request.transport,
            onFiles,
          );
    const shown = away ? path : await plainPath(path, to);
    if (foreign) refuseFault(request.name, basename(shown));
    const producedBy = location.producedBy ?? (await this.#producer(workspace, digest));
    const known = producedBy === undefined ? location : { ...location, producedBy };
    return { path: shown, port: port(input, known, digest), assetId: location.asset?.id ?? null };
  }

  /** The bytes of a location on this machine: in place, from the caches, or laid out from the store. */
  async find(workspace: string, location: Location, signal?: AbortSignal, onFiles?: OnFiles): Promise<Found> {
    switch (location.at) {
      case "path":
        await mustExist(location.path, location.uri);
        return { path: location.path, digest: await this.#digest(location.path), note: location.note };
      case "tree":
        return this.#view(location.tree, location.only, await this.#treeDigest(location), onFiles);
      case "artifacts": {
        const left = await this.#leftBy(workspace, location);
        return this.#view(left.tree, left.only, left.digest, onFiles);
      }
      case "url": {
        const { path, sha256, note } = await this.#options.urls.fetch(
          webUrl(location.url),
          signal,
          (bytes, totalBytes) => onFiles?.({ files: 0, totalFiles: 1, bytes, totalBytes }),
        );
        return { path, digest: sha256, note };
      }
    }
  }

  async #leftBy(
    workspace: string,
    { run, prefix: path, mayBeEmpty }: Location & { at: "artifacts" },
  ): Promise<KeptFiles> {
    const kept = await treeOfRun(this.#options, { workspace, name: run, path, mayBeEmpty });
    if (kept) return kept;
    throw slipwayError("input-unavailable", `The job ${run} has left nothing at ${path === "" ? "its root" : path}.`, {
      next: `\`slipway job show -n ${run}\` tells how it went and what its outputs are.`,
    });
  }

  async #view(tree: string, only: string | null, digest: string, onFiles?: OnFiles): Promise<Found> {
    const folder = await this.#options.views.folder(tree, onFiles);
    return { path: only === null ? folder : join(folder, only), digest, note: "frozen" };
  }

  async #treeDigest({ tree, only, asset }: Location & { at: "tree" }): Promise<string> {
    if (only === null || asset?.digest === undefined) return tree;
    return asset.digest ?? tree;
  }

  async #layOutTree(
    location: Location & { at: "tree" },
    to: string,
    transport: Transport,
    onProgress: OnFiles,
  ): Promise<{ path: string; digest: string }> {
    await this.#options.trees.materialize({ digest: location.tree, to, transport, onProgress });
    const path = location.only === null ? to : join(to, location.only);
    return { path, digest: await this.#treeDigest(location) };
  }

  async #bring(
    found: Found,
    to: string,
    copy: boolean,
    transport: Transport,
    onFiles: OnFiles,
  ): Promise<{ path: string; digest: string | null }> {
    if (!copy) return found;
    const stats = await stat(found.path);
    const isFile = stats.isFile();
    // A transport copies without counting: only what is known beforehand can be told.
    onFiles({ files: 0, totalFiles: isFile ? 1 : null, bytes: 0, totalBytes: isFile ? stats.size : null });
    const path = isFile ? join(to, basename(found.path)) : to;
    await transport.put(found.path, path);
    return { path, digest: found.digest };
  }

  async #digest(path: string): Promise<string | null> {
    return (await this.#options.workers.run("digestPath", { path, ...digestLimits }))?.digest ?? null;
  }

  async #producer(workspace: string, digest: string | null): Promise<string | undefined> {
    if (digest === null) return undefined;
    const { id: workspaceId } = await this.#options.workspaces.row(workspace);
    return (await this.#options.store.read("producerOf", { workspaceId, digest })) ?? undefined;
  }
}

/**
 * A command's text gets paths as they are, and on Azure the folder of an input never holds what bash would take apart: a
 * path that does is given by a link in the attempt's own folder. The name of a file stays.
 */
async function plainPath(path: string, to: string): Promise<string> {
  const isFile = (await stat(path)).isFile();
  const folder = isFile ? dirname(path) : path;
  if (shellFault(folder) === undefined || shellFault(to) !== undefined) return path;
  const link = isFile ? join(to, basename(path)) : to;
  await mkdir(dirname(link), { recursive: true });
  await symlink(path, link);
  return link;
}

/** Throws when bash would take a text apart that the author of the command did not write. */
function refuseFault(input: string, text: string): void {
  const fault = shellFault(text);
  if (fault === undefined) return;
  throw slipwayError("input-unavailable", `The input ${input} is named ${JSON.stringify(text)}, and ${fault}.`, {
    next: "Give it another name; a command's text gets the names of others only when they are plain.",
  });
}

function isCopy(mode: string): boolean {
  return mode === "download" || mode === "eval_download";
}

function port(input: DataInput, location: Location, digest: string | null): JobPort {
  return {
    type: input.type,
    path: input.path,
    mode: input.mode,
    ...(location.asset ? { name: location.asset.name, version: location.asset.version } : {}),
    ...(digest === null ? {} : { digest }),
    ...(location.producedBy === undefined ? {} : { produced_by: location.producedBy }),
  };
}

async function mustExist(path: string, uri: string): Promise<void> {
  if (await stat(path).catch(() => undefined)) return;
  throw slipwayError("input-unavailable", `There is nothing at ${path}${uri === path ? "" : ` (${uri})`}.`, {
    next: "Local paths are relative to the YAML file; check the spelling, or the mirror's folder.",
  });
}

/** Public blobs are read over https, however they are named. */
function webUrl(url: string): string {
  return /^(?:wasbs?|abfss?):/i.test(url) ? (canonicalUrl(url) ?? url) : url;
}
