import { isAbsolute } from "node:path";
import { slipwayError } from "#contract/errors.ts";
import { parseReference, type Reference } from "#spec/references/reference.ts";
import type { AssetKind } from "#contract/entities/assetKind.ts";
import type { Datastores } from "#engine/datastores/datastores.ts";
import type { Mirrors } from "#engine/mirrors/mirrors.ts";
import type { AssetRow } from "#engine/store/queries/assets.ts";
import type { Store } from "#engine/store/store.ts";
import type { Workspaces } from "#engine/workspaces/workspaces.ts";
import type { Location } from "./location.ts";

export interface LocatorOptions {
  store: Store;
  workspaces: Workspaces;
  datastores: Datastores;
  mirrors: Mirrors;
}

/** References point at references (an asset at a datastore, an output at an asset); no honest chain is longer. */
const longestChain = 5;

const modelTypes: readonly string[] = ["custom_model", "mlflow_model", "triton_model"];

export function isModelType(type: string): boolean {
  return modelTypes.includes(type);
}

/** Turns what a document names into where it lies: assets, datastores, jobs' outputs, mirrors, URLs, local paths. */
export class Locator {
  readonly #options: LocatorOptions;

  constructor(options: LocatorOptions) {
    this.#options = options;
  }

  /** Throws `not-found`, `input-unavailable`, `path-outside` and `invalid-request`. Whether data is there is not looked at. */
  locate(workspace: string, path: string, type: string): Promise<Location> {
    return this.#locate(workspace, path, type, longestChain);
  }

  async #locate(workspace: string, text: string, type: string, depth: number): Promise<Location> {
    if (depth === 0) throw slipwayError("input-unavailable", `${text} leads in a circle.`);
    const reference = parseReference(text);
    switch (reference.kind) {
      case "local":
        return localPath(reference.path, text);
      case "url":
        return this.#url(workspace, reference.url);
      case "datastore": {
        const left = leftByRun(reference);
        if (left !== undefined) return { at: "artifacts", ...left, uri: text, producedBy: left.run };
        const path = await this.#options.datastores.resolve(workspace, reference.datastore, reference.path);
        return { at: "path", path, uri: text, note: `datastore ${reference.datastore}` };
      }
      case "asset":
        return this.#asset(workspace, text, reference, isModelType(type) ? "model" : "data", depth);
      case "mlflow-model":
        return this.#asset(workspace, text, reference, "model", depth);
      case "job-output":
        return this.#jobOutput(workspace, text, reference, type, depth);
      case "run-artifact":
        return { at: "artifacts", run: reference.run, prefix: reference.path, uri: text, producedBy: reference.run };
      default:
        throw elsewhere(reference, text);
    }
  }

  async #url(workspace: string, url: string): Promise<Location> {
    const mirrored = await this.#options.mirrors.resolve(workspace, url);
    if (mirrored !== null) return { at: "path", path: mirrored, uri: url, note: "mirror" };
    return { at: "url", url, uri: url };
  }

  async #asset(
    workspace: string,
    uri: string,
    wanted: { name: string; version?: string; label?: string },
    kind: AssetKind,
    depth: number,
  ): Promise<Location> {
    const asset = await this.#findAsset(workspace, wanted, kind);
    const producedBy = asset.produced_by === null ? {} : { producedBy: asset.produced_by };
    if (asset.tree !== null) {
      const only = (JSON.parse(asset.properties) as Record<string, string>)["slipway.file"] ?? null;
      return { at: "tree", tree: asset.tree, only, uri, asset, ...producedBy };
    }
    if (asset.path === null) throw slipwayError("input-unavailable", `The ${asset.kind} ${asset.name} has no path.`);
    const location = await this.#locate(workspace, asset.path, asset.type ?? "uri_folder", depth - 1);
    return { ...location, ...producedBy, uri, asset };
  }

  async #findAsset(
    workspace: string,
    { name, version, label }: { name: string; version?: string; label?: string },
    kind: AssetKind,
  ): Promise<AssetRow> {
    const { id: workspaceId } = await this.#options.workspaces.row(workspace);
    // A model may be given to an input of type uri_folder, and data to one of type custom_model.
    for (const each of kind === "model" ? (["model", "data"] as const) : (["data", "model"] as const)) {
      const asset = await this.#options.store.read("asset", { workspaceId, kind: each, name, version, label });
      if (asset) return asset;
    }
    const which = version === undefined ? `@${label ?? "latest"}` : `:${version}`;
    throw slipwayError("not-found", `There is no ${kind} asset ${name}${which} in the workspace ${workspace}.`, {
      next: `\`slipway ${kind} list --name ${name}\` shows its versions; \`slipway ${kind} create\` makes one.`,
    });
  }

  /** `azureml://jobs/J/outputs/O/paths/…`: where the output was kept; `artifacts` is all that the job has left. */
  async #jobOutput(
    workspace: string,
    uri: string,
    { job, path }: { job: string; path: string },
    type: string,
    depth: number,
  ): Promise<Location> {
    const [output = "", ...rest] = path.split("/");
    const below = (rest[0] === "paths" ? rest.slice(1) : rest).filter((part) => part !== "");
    const { id: workspaceId } = await this.#options.workspaces.row(workspace);
    const port = await this.#options.store.read("jobPort", { workspaceId, job, direction: "output", port: output });
    if (port && parseReference(port.uri).kind !== "job-output") {
      const kept = await this.#locate(
        workspace,
        [port.uri, ...below].join("/").replace(/([^:])\/{2,}/g, "$1/"),
        type,
        depth - 1,
      );
      return { ...kept, uri, producedBy: job };
    }
    const isRoot = output === "artifacts" || (!port && output === "default");
    const prefix = [...(isRoot ? [] : ["named-outputs", output]), ...below].join("/");
    // What was kept as a folder has a URI that ends there; a file's goes on with its name.
    const keptFolder = port !== null && below.length === 0 && port.uri.endsWith("/paths/");
    return {
      ...{ at: "artifacts", run: job, prefix, uri, producedBy: job },
      ...(keptFolder ? { mayBeEmpty: true } : {}),
    };
  }
}

/** Azure keeps what runs have left in a datastore of its own, and its URIs name a run by `dcid.RUN`. */
function leftByRun({
  datastore,
  path,
}: Reference & { kind: "datastore" }): { run: string; prefix: string } | undefined {
  if (datastore !== "workspaceartifactstore") return undefined;
  const [, run, prefix = ""] = /^ExperimentRun\/dcid\.([^/]+)(?:\/(.*))?$/.exec(path) ?? [];
  return run === undefined ? undefined : { run, prefix };
}

function localPath(path: string, uri: string): Location {
  if (!isAbsolute(path)) {
    throw slipwayError("invalid-request", `The local path ${JSON.stringify(path)} is not absolute.`);
  }
  return { at: "path", path, uri, note: "in place" };
}

function elsewhere(reference: Reference, text: string): Error {
  if (reference.kind === "bad") return slipwayError("invalid-request", `${text} is no reference: ${reference.reason}.`);
  if (reference.kind === "expression") return slipwayError("invalid-request", `${text} was left unresolved.`);
  return slipwayError("input-unavailable", `${text} lies in Azure and is not reached from here.`, {
    next: "Copy the data to this machine and name the folder, a data asset or a datastore instead.",
  });
}
