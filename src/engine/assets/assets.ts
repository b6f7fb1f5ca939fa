import type { Clock } from "#base/clock.ts";
import { slipwayError } from "#contract/errors.ts";
import type { Asset } from "#contract/entities/asset.ts";
import type { AssetKind } from "#contract/entities/assetKind.ts";
import type { EventBus } from "#engine/core/events.ts";
import type { ArtifactService } from "#engine/core/ports/artifacts.ts";
import { countProgress, ProgressReport } from "#engine/core/progress.ts";
import type { Trees } from "#engine/snapshots/trees.ts";
import type { AssetView } from "#engine/store/queries/assets.ts";
import type { Store } from "#engine/store/store.ts";
import { creationContext, type Workspaces } from "#engine/workspaces/workspaces.ts";
import { contentOf, type AssetDraft } from "./draft.ts";
import type { Drafts } from "./drafts.ts";
import type { Storage } from "./localFiles.ts";
import type { DocumentRequest } from "./readDocument.ts";
import { treeOfRun, type KeptFiles } from "./runFiles.ts";

export interface AssetsOptions {
  store: Store;
  workspaces: Workspaces;
  trees: Trees;
  artifacts: ArtifactService;
  drafts: Drafts;
  bus: EventBus;
  clock: Clock;
}

/** Which version is meant; the newest when neither is given. */
export interface Which {
  version?: string | undefined;
  label?: string | undefined;
}

export interface AssetChanges {
  description?: string | null | undefined;
  tags?: Record<string, string | null> | undefined;
  properties?: Record<string, string | null> | undefined;
  add_labels?: string[] | undefined;
  archived?: boolean | undefined;
}

/** A job's output that its YAML asks to register. */
export interface OutputAsset {
  workspace: string;
  kind: "data" | "model";
  name: string;
  version: string | undefined;
  type: string;
  path: string;
  digest: string | null;
  tree: KeptFiles | undefined;
  job: string;
}

/** Versions of data, environments, models and components. A version's content never changes. */
export class Assets {
  readonly #options: AssetsOptions;

  constructor(options: AssetsOptions) {
    this.#options = options;
  }

  /**
   * Creates a version from a document or fields. Without a version the next number is taken; the same version with the
   * same content is the one that is there, with other content it is a `conflict`.
   */
  async create(
    workspace: string,
    kind: AssetKind,
    request: DocumentRequest & { storage?: Storage | undefined; operation?: string | undefined },
    actor: string,
  ): Promise<Asset> {
    const { id } = await this.#options.workspaces.row(workspace);
    const { operation, storage } = request;
    const draft =
      operation === undefined
        ? await this.#options.drafts.make(workspace, kind, request, { storage })
        : await new ProgressReport({ ...this.#options, workspace, subject: operation }).during("files", (tell) =>
            this.#options.drafts.make(workspace, kind, request, {
              storage,
              onProgress: (count) => tell(countProgress("freezing", "", count)),
            }),
          );
    return this.#entity(workspace, await this.#add(workspace, id, kind, draft, actor));
  }

  /** The newest version of each name, or all versions of one. */
  async list(
    workspace: string,
    kind: AssetKind,
    options: { name?: string | undefined; archived: "exclude" | "include" | "only" },
  ): Promise<Asset[]> {
    const { id: workspaceId } = await this.#options.workspaces.row(workspace);
    const { name, archived } = options;
    const { store } = this.#options;
    const rows =
      name === undefined
        ? await store.read("newestAssets", { workspaceId, kind, archived })
        : await store.read("assetVersions", { workspaceId, kind, name, archived });
    return rows.map((row) => this.#entity(workspace, row));
  }

  /** Throws `not-found`. */
  async show(workspace: string, kind: AssetKind, name: string, which: Which = {}): Promise<Asset> {
    const { id: workspaceId } = await this.#options.workspaces.row(workspace);
    const row = await this.#options.store.read("asset", { workspaceId, kind, name, ...which });
    if (row) return this.#entity(workspace, row);
    const version = which.version === undefined ? (which.label ? `@${which.label}` : "") : `:${which.version}`;
    throw slipwayError("not-found", `There is no ${kind} ${name}${version} in the workspace ${workspace}.`, {
      next: `\`slipway ${kind} list\` shows those that are there.`,
    });
  }

  /** Changes what may change; archives a version, or all of them when none is named. Throws `not-found`. */
  async update(
    asset: { workspace: string; kind: AssetKind; name: string } & Which,
    changes: AssetChanges,
    actor: string,
  ): Promise<Asset> {
    const { workspace, ...which } = asset;
    const { store, workspaces, clock } = this.#options;
    const { id: workspaceId } = await workspaces.row(workspace);
    const { add_labels: addLabels, ...rest } = changes;
    const change = { workspaceId, ...which, ...rest, addLabels, actor, now: clock.now() };
    return this.#changed(workspace, await store.write("updateAsset", change));
  }

  /** Registers a job's output; doing it again changes nothing. */
  async registerOutput(output: OutputAsset, actor: string): Promise<{ id: number; name: string; version: string }> {
    const { id } = await this.#options.workspaces.row(output.workspace);
    const only = output.tree?.only ?? null;
    const row = await this.#add(
      output.workspace,
      id,
      output.kind,
      {
        name: output.name,
        version: output.version,
        type: output.type,
        path: output.path,
        description: null,
        tags: {},
        properties: only === null ? {} : { "slipway.file": only },
        tree: output.tree?.tree ?? null,
        digest: output.digest,
        bytes: output.tree?.bytes ?? null,
        producedBy: output.job,
        document: {},
      },
      actor,
    );
    return { id: row.id, name: row.name, version: row.version };
  }

  /** What a run has left below a path, as a frozen tree. */
  treeOfRun(workspace: string, run: string, path: string): Promise<KeptFiles | undefined> {
    return treeOfRun(this.#options, { workspace, name: run, path });
  }

  async #add(
    workspace: string,
    workspaceId: number,
    kind: AssetKind,
    draft: AssetDraft,
    actor: string,
  ): Promise<AssetView> {
    const { store, clock, bus } = this.#options;
    const row = await store.write("addAsset", {
      ...draft,
      workspaceId,
      kind,
      tags: JSON.stringify(draft.tags),
      properties: JSON.stringify(draft.properties),
      document: JSON.stringify(draft.document),
      content: contentOf(draft),
      actor,
      now: clock.now(),
    });
    bus.publish({ type: "assets", workspace, kind });
    return row;
  }

  #changed(workspace: string, row: AssetView): Asset {
    this.#options.bus.publish({ type: "assets", workspace, kind: row.kind });
    return this.#entity(workspace, row);
  }

  #entity(workspace: string, row: AssetView): Asset {
    return {
      kind: row.kind,
      id: `/workspaces/${workspace}/${row.kind}/${row.name}/versions/${row.version}`,
      name: row.name,
      version: row.version,
      type: row.type,
      path: row.path,
      description: row.description,
      tags: JSON.parse(row.tags) as Record<string, string>,
      properties: JSON.parse(row.properties) as Record<string, string>,
      labels: row.labels,
      archived: row.archived === 1,
      creation_context: creationContext(row),
      produced_by: row.produced_by,
      used_by: row.used_by,
      digest: row.digest,
      bytes: row.bytes,
      document: JSON.parse(row.document) as Record<string, unknown>,
    };
  }
}
