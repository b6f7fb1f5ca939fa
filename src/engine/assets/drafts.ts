import { slipwayError } from "#contract/errors.ts";
import type { AssetKind } from "#contract/entities/assetKind.ts";
import type { Locator } from "#engine/data/locator.ts";
import type { Snapshots } from "#engine/snapshots/snapshots.ts";
import type { Trees } from "#engine/snapshots/trees.ts";
import type { ArtifactService } from "#engine/core/ports/artifacts.ts";
import type { LoadedCommandComponent, LoadedData, LoadedEnvironment, LoadedModel, Located } from "#spec/index.ts";
import { basename } from "node:path";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { componentDocument } from "./componentDocument.ts";
import type { AssetDraft } from "./draft.ts";
import { environmentDocument } from "./environmentDocument.ts";
import type { LocalFiles, Taking } from "./localFiles.ts";
import { readDocument, type DocumentRequest } from "./readDocument.ts";
import { treeOfRun } from "./runFiles.ts";

export interface DraftsOptions {
  locator: Locator;
  local: LocalFiles;
  snapshots: Snapshots;
  trees: Trees;
  artifacts: ArtifactService;
}

/** Nobody is asked when a component is made: its code stays on this machine. */
const quietAnswers = { allow_home: false, skip_parent_ignored: false, allow_secrets: true };

/** Makes drafts of assets from documents: files are frozen, references are kept. */
export class Drafts {
  readonly #options: DraftsOptions;

  constructor(options: DraftsOptions) {
    this.#options = options;
  }

  make(workspace: string, kind: AssetKind, request: DocumentRequest, taking: Taking): Promise<AssetDraft> {
    switch (kind) {
      case "data":
        return this.#data(workspace, request, taking);
      case "model":
        return this.#model(workspace, readDocument("model", "model", request), taking);
      case "environment":
        return this.#environment(readDocument("environment", "environment", request), taking);
      case "component":
        return this.#component(readDocument("component:command", "component", request), taking);
    }
  }

  async #data(workspace: string, request: DocumentRequest, taking: Taking): Promise<AssetDraft> {
    const data: LoadedData = readDocument("data", "data", request);
    if (data.name === undefined)
      throw slipwayError("invalid-request", "A data asset needs a name.", { next: "Give --name NAME." });
    const draft = emptyDraft({ ...data, name: data.name });
    const files = await this.#files(workspace, data, data.type, taking);
    checkType(data.type, files.path ?? data.given, files.isFile);
    return { ...draft, ...files.draft, type: data.type, properties: files.draft.properties };
  }

  async #model(workspace: string, model: LoadedModel, taking: Taking): Promise<AssetDraft> {
    if (model.path === undefined || model.reference === undefined || model.given === undefined) {
      throw slipwayError("invalid-request", `The model ${model.name} has no path.`, {
        next: "Give --path: a local path, runs:/RUN/PATH or azureml://jobs/JOB/outputs/…",
      });
    }
    const located = { path: model.path, reference: model.reference, given: model.given };
    const files = await this.#files(workspace, located, model.type, taking);
    const document = {
      ...(model.flavors ? { flavors: model.flavors } : {}),
      ...(model.stage ? { stage: model.stage } : {}),
    };
    const properties = { ...model.properties, ...files.draft.properties };
    return { ...emptyDraft(model), ...files.draft, type: model.type, properties, document };
  }

  /** Local files are frozen; what a job has left is in the store already; all else stays a reference. */
  async #files(
    workspace: string,
    { path, reference }: Located,
    type: string,
    taking: Taking,
  ): Promise<{
    draft: Pick<AssetDraft, "path" | "tree" | "digest" | "bytes" | "properties" | "producedBy">;
    path?: string;
    isFile?: boolean;
  }> {
    const nothing = { tree: null, digest: null, bytes: null, properties: {}, producedBy: null };
    if (reference.kind === "local") {
      const { isFile, ...taken } = await this.#options.local.take(workspace, path, taking);
      return { draft: { producedBy: null, ...taken }, path, isFile };
    }
    if (reference.kind === "url") return { draft: { ...nothing, path } };
    const location = await this.#options.locator.locate(workspace, path, type);
    const producedBy = location.producedBy ?? null;
    if (location.at !== "artifacts") return { draft: { ...nothing, path, producedBy } };
    const { run, prefix, mayBeEmpty } = location;
    const kept = await treeOfRun(this.#options, { workspace, name: run, path: prefix, mayBeEmpty });
    if (!kept) {
      throw slipwayError("input-unavailable", `The job ${run} has left nothing at ${prefix}.`);
    }
    const properties = kept.only === null ? {} : { "slipway.file": kept.only };
    return { draft: { path, tree: kept.tree, digest: kept.digest, bytes: kept.bytes, properties, producedBy } };
  }

  async #environment(environment: LoadedEnvironment, taking: Taking): Promise<AssetDraft> {
    const draft = { ...emptyDraft(environment), document: environmentDocument(environment) };
    const context = environment.build?.path;
    if (context === undefined || /^[a-z+]+:\/\//i.test(context)) return draft;
    return { ...draft, ...(await this.#freezeCode(context, [], taking)), type: null };
  }

  async #component(component: LoadedCommandComponent, taking: Taking): Promise<AssetDraft> {
    if (!/^[a-z0-9_]+$/.test(component.name)) {
      throw slipwayError("invalid-document", `A component cannot be registered as ${component.name}.`, {
        next: "Use lower-case letters, digits and '_' in its name.",
      });
    }
    const draft: AssetDraft = {
      ...emptyDraft(component),
      type: "command",
      properties: component.properties,
      document: componentDocument(component),
    };
    const { code, additionalIncludes } = component;
    if (code !== undefined && code.reference.kind !== "local") return { ...draft, path: code.path };
    if (code === undefined && additionalIncludes.length === 0) return draft;
    return {
      ...draft,
      ...(await this.#freezeCode(code?.path ?? null, additionalIncludes, taking)),
      path: code?.path ?? null,
    };
  }

  async #freezeCode(
    root: string | null,
    includes: readonly string[],
    taking: Taking,
  ): Promise<Pick<AssetDraft, "tree" | "digest" | "bytes">> {
    const { snapshots } = this.#options;
    const beside = includes.map((source) => ({ source, target: basename(source) }));
    const frozen = await snapshots.freeze(await snapshots.scan(root, quietAnswers, beside), taking.onProgress);
    return { tree: frozen.digest, digest: frozen.digest, bytes: frozen.bytes };
  }
}

function emptyDraft(described: {
  name: string;
  version?: string;
  description?: string;
  tags: Record<string, string>;
}): AssetDraft {
  return {
    name: described.name,
    version: described.version,
    type: null,
    path: null,
    description: described.description ?? null,
    tags: described.tags,
    properties: {},
    tree: null,
    digest: null,
    bytes: null,
    producedBy: null,
    document: {},
  };
}

/** As `az ml data create`: the type must be true of a local path. */
function checkType(type: string, path: string, isFile: boolean | undefined): void {
  if (isFile === undefined) return;
  const fault =
    type === "uri_folder" && isFile
      ? "is a file, and the type is uri_folder"
      : type === "uri_file" && !isFile
        ? "is a folder, and the type is uri_file"
        : type === "mltable" && !isFile && !existsSync(join(path, "MLTable"))
          ? "has no MLTable file, and the type is mltable"
          : undefined;
  if (fault === undefined) return;
  throw slipwayError("invalid-request", `${path} ${fault}.`, {
    next: `Use --type ${isFile ? "uri_file" : "uri_folder"}.`,
  });
}
