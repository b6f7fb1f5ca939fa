import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Clock } from "#base/clock.ts";
import { slipwayError } from "#contract/errors.ts";
import type { Datastore } from "#contract/entities/asset.ts";
import type { EventBus } from "#engine/core/events.ts";
import type { Mirrors } from "#engine/mirrors/mirrors.ts";
import type { DatastoreRow } from "#engine/store/queries/datastores.ts";
import type { Store } from "#engine/store/store.ts";
import { creationContext, type Workspaces } from "#engine/workspaces/workspaces.ts";
import { datastoreUrl, withoutCredentials } from "./cloudDatastore.ts";

export interface DatastoresOptions {
  store: Store;
  workspaces: Workspaces;
  mirrors: Mirrors;
  bus: EventBus;
  clock: Clock;
}

/** A datastore's YAML as it was understood, and where its relative paths begin. */
export interface DatastoreDocument {
  document: Record<string, unknown>;
  folder: string;
}

/** Named places for data. Local folders are used as they are; a cloud store is known, and reached by the mirror map only. */
export class Datastores {
  readonly #options: DatastoresOptions;

  constructor(options: DatastoresOptions) {
    this.#options = options;
  }

  async list(workspace: string): Promise<Datastore[]> {
    const { id } = await this.#options.workspaces.row(workspace);
    const rows = await this.#options.store.read("datastores", { workspaceId: id });
    return rows.map((row) => entity(workspace, row));
  }

  /** Throws `not-found`. */
  async show(workspace: string, name: string): Promise<Datastore> {
    return entity(workspace, await this.#row(workspace, name));
  }

  /** Creates or replaces. Throws `file-not-found` for a local folder that is not there. */
  async create(workspace: string, { document, folder }: DatastoreDocument, actor: string): Promise<Datastore> {
    const { store, workspaces, clock } = this.#options;
    const { id } = await workspaces.row(workspace);
    const type = String(document["type"]);
    const local = type === "local_folder" ? resolve(folder, String(document["path"])) : null;
    if (local !== null && !(await stat(local).catch(() => undefined))?.isDirectory()) {
      throw slipwayError("file-not-found", `The datastore's folder ${local} does not exist.`, {
        next: "`path` is relative to the YAML file; create the folder first.",
      });
    }
    const kept = withoutCredentials(document);
    const row = await store.write("putDatastore", {
      workspaceId: id,
      name: String(document["name"]),
      type,
      description: (document["description"] as string | undefined) ?? null,
      tags: JSON.stringify(document["tags"] ?? {}),
      path: local,
      url: datastoreUrl(document),
      document: JSON.stringify(kept),
      actor,
      now: clock.now(),
    });
    return this.#changed(workspace, row);
  }

  async update(
    workspace: string,
    name: string,
    changes: {
      description?: string | null | undefined;
      tags?: Record<string, string | null> | undefined;
      is_default?: true | undefined;
    },
    actor: string,
  ): Promise<Datastore> {
    const { store, workspaces, clock } = this.#options;
    const { id } = await workspaces.row(workspace);
    const { description, tags, is_default: isDefault } = changes;
    const change = { workspaceId: id, name, description, tags, isDefault, actor, now: clock.now() };
    return this.#changed(workspace, await store.write("updateDatastore", change));
  }

  /** Forgets a datastore; its files stay. Throws `conflict` for the default one. */
  async remove(workspace: string, name: string): Promise<{ name: string }> {
    const { id } = await this.#options.workspaces.row(workspace);
    await this.#options.store.write("deleteDatastore", { workspaceId: id, name });
    this.#options.bus.publish({ type: "assets", workspace, kind: "datastore" });
    return { name };
  }

  /** The name of the workspace's default datastore. */
  async defaultName(workspace: string): Promise<string> {
    const { id } = await this.#options.workspaces.row(workspace);
    return (await this.#options.store.read("defaultDatastore", { workspaceId: id }))?.name ?? "workspaceblobstore";
  }

  /**
   * The local path of a path in a datastore. Throws `not-found` for an unknown datastore, `path-outside`, and
   * `input-unavailable` for a cloud store without a mirror.
   */
  async resolve(workspace: string, name: string, path: string): Promise<string> {
    const row = await this.#row(workspace, name);
    if (path.includes("\0") || path.split("/").includes("..")) {
      throw slipwayError("path-outside", `The path ${JSON.stringify(path)} leads out of the datastore ${name}.`);
    }
    if (row.path !== null) return join(row.path, path);
    const url = row.url === null ? `azureml://datastores/${name}/paths` : row.url;
    const mirrored = await this.#options.mirrors.resolve(workspace, path === "" ? url : `${url}/${path}`);
    if (mirrored !== null) return mirrored;
    throw slipwayError(
      "input-unavailable",
      `The datastore ${name} (${row.type}) is in the cloud and is not reached from here.`,
      {
        next: `Copy what is needed into a folder and map it: slipway mirror add --prefix ${url}/ --path DIR`,
      },
    );
  }

  async #row(workspace: string, name: string): Promise<DatastoreRow> {
    const { id } = await this.#options.workspaces.row(workspace);
    const row = await this.#options.store.read("datastore", { workspaceId: id, name });
    if (row) return row;
    throw slipwayError("not-found", `There is no datastore ${name} in the workspace ${workspace}.`, {
      next: "`slipway datastore list` shows those that are there; `slipway datastore create -f FILE` makes one.",
    });
  }

  #changed(workspace: string, row: DatastoreRow): Datastore {
    this.#options.bus.publish({ type: "assets", workspace, kind: "datastore" });
    return entity(workspace, row);
  }
}

function entity(workspace: string, row: DatastoreRow): Datastore {
  return {
    id: `/workspaces/${workspace}/datastores/${row.name}`,
    name: row.name,
    type: row.type,
    description: row.description,
    tags: JSON.parse(row.tags) as Record<string, string>,
    is_default: row.is_default === 1,
    path: row.path,
    creation_context: creationContext(row),
    document: JSON.parse(row.document) as Record<string, unknown>,
  };
}
