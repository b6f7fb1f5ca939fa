import { join } from "node:path";
import type { Clock } from "#base/clock.ts";
import { slipwayError } from "#contract/errors.ts";
import type { Workspace } from "#contract/entities/asset.ts";
import type { EventBus } from "#engine/core/events.ts";
import type { WorkspaceRow } from "#engine/store/queries/workspaces.ts";
import type { Store } from "#engine/store/store.ts";

export interface WorkspacesOptions {
  store: Store;
  bus: EventBus;
  clock: Clock;
  /** SLIPWAY_HOME: a workspace's own datastores are folders below it. */
  home: string;
  /** `http://127.0.0.1:PORT`, known once the server listens. */
  baseUrl: () => string;
}

export interface NewWorkspace {
  name: string;
  display_name?: string | undefined;
  description?: string | undefined;
  tags?: Record<string, string> | undefined;
}

export interface WorkspaceChanges {
  display_name?: string | undefined;
  description?: string | null | undefined;
  tags?: Record<string, string> | undefined;
  default_compute?: string | undefined;
  is_default?: true | undefined;
  archived?: boolean | undefined;
  retention_days?: number | null | undefined;
}

const firstWorkspace = "default";

/** The workspaces of one engine. One of them is the default; none is ever deleted, only archived. */
export class Workspaces {
  readonly #options: WorkspacesOptions;

  constructor(options: WorkspacesOptions) {
    this.#options = options;
  }

  /** Gives a fresh store its first workspace. To be called once, before anything else is served. */
  async ensureDefault(actor: string): Promise<Workspace> {
    const row = await this.#options.store.read("defaultWorkspace", {});
    return row ? this.#entity(row) : this.#add({ name: firstWorkspace }, actor, true);
  }

  async list(includeArchived = false): Promise<Workspace[]> {
    const rows = await this.#options.store.read("workspaces", { includeArchived });
    return rows.map((row) => this.#entity(row));
  }

  /** Throws `not-found`. */
  async show(name: string): Promise<Workspace> {
    return this.#entity(await this.row(name));
  }

  /** Throws `conflict` when the name is taken. */
  create(workspace: NewWorkspace, actor: string): Promise<Workspace> {
    return this.#add(workspace, actor, false);
  }

  /** Throws `not-found`, and `conflict` when the default workspace would be archived. */
  async update(name: string, changes: WorkspaceChanges, actor: string): Promise<Workspace> {
    const { store, bus, clock } = this.#options;
    const row = await store.write("updateWorkspace", {
      name,
      displayName: changes.display_name,
      description: changes.description,
      tags: changes.tags && JSON.stringify(changes.tags),
      defaultCompute: changes.default_compute,
      isDefault: changes.is_default,
      archived: changes.archived,
      retentionDays: changes.retention_days,
      actor,
      now: clock.now(),
    });
    bus.publish({ type: "workspaces" });
    return this.#entity(row);
  }

  /** The stored row of a workspace. Throws `not-found`. */
  async row(name: string): Promise<WorkspaceRow> {
    const row = await this.#options.store.read("workspace", { name });
    if (!row) {
      throw slipwayError("not-found", `There is no workspace ${name}.`, {
        next: "`slipway workspace list` shows those that are there.",
      });
    }
    return row;
  }

  async #add(workspace: NewWorkspace, actor: string, isDefault: boolean): Promise<Workspace> {
    const { store, bus, clock, home } = this.#options;
    const folder = (datastore: string) => join(home, "datastores", workspace.name, datastore);
    const row = await store.write("addWorkspace", {
      name: workspace.name,
      displayName: workspace.display_name ?? workspace.name,
      description: workspace.description ?? null,
      tags: JSON.stringify(workspace.tags ?? {}),
      defaultCompute: "local",
      isDefault,
      datastores: [
        { name: "workspaceblobstore", path: folder("workspaceblobstore"), isDefault: true },
        { name: "workspaceartifactstore", path: folder("workspaceartifactstore"), isDefault: false },
      ],
      actor,
      now: clock.now(),
    });
    bus.publish({ type: "workspaces" });
    return this.#entity(row);
  }

  #entity(row: WorkspaceRow): Workspace {
    return {
      id: `/workspaces/${row.name}`,
      name: row.name,
      display_name: row.display_name,
      description: row.description,
      tags: JSON.parse(row.tags) as Record<string, string>,
      is_default: row.is_default === 1,
      default_compute: row.default_compute,
      mlflow_tracking_uri: `${this.#options.baseUrl()}/w/${row.name}`,
      retention_days: row.retention_days,
      archived: row.archived === 1,
      creation_context: creationContext(row),
    };
  }
}

/** Who made a row and who changed it last, as `az ml` prints it. */
export function creationContext(row: { owner: string; actor: string; created_at: number; modified_at: number }) {
  return {
    created_at: new Date(row.created_at).toISOString(),
    created_by: row.owner,
    created_by_type: "User",
    last_modified_at: new Date(row.modified_at).toISOString(),
    last_modified_by: row.actor,
  };
}
