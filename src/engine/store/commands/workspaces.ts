import { slipwayError } from "#contract/errors.ts";
import type { Db } from "../database.ts";
import { workspaceQueries, type WorkspaceRow } from "../queries/workspaces.ts";
import type { CommandTable } from "../table.ts";

export const workspaceCommands = {
  /** Adds a workspace with its own datastores. Throws `conflict` when the name is taken (case does not tell names apart). */
  addWorkspace(
    db: Db,
    args: {
      name: string;
      displayName: string;
      description: string | null;
      tags: string;
      defaultCompute: string;
      isDefault: boolean;
      datastores: { name: string; path: string; isDefault: boolean }[];
      actor: string;
      now: number;
    },
  ): WorkspaceRow {
    if (workspaceQueries.workspace(db, { name: args.name })) {
      throw slipwayError("conflict", `There is a workspace ${args.name} already.`, {
        next: "Choose another name, or change the one that is there with `slipway workspace update`.",
      });
    }
    const { lastInsertRowid } = db.run(
      `INSERT INTO workspaces (name, display_name, description, tags, default_compute, is_default, owner, actor, created_at, modified_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      args.name,
      args.displayName,
      args.description,
      args.tags,
      args.defaultCompute,
      args.isDefault ? 1 : 0,
      args.actor,
      args.actor,
      args.now,
      args.now,
    );
    for (const datastore of args.datastores) {
      db.run(
        `INSERT INTO datastores (workspace_id, name, type, description, tags, is_default, path, url, document, owner, actor, created_at, modified_at)
         VALUES (?, ?, 'local_folder', NULL, '{}', ?, ?, NULL, '{}', ?, ?, ?, ?)`,
        lastInsertRowid,
        datastore.name,
        datastore.isDefault ? 1 : 0,
        datastore.path,
        args.actor,
        args.actor,
        args.now,
        args.now,
      );
    }
    return mustFind(db, args.name);
  },

  updateWorkspace(
    db: Db,
    args: {
      name: string;
      displayName?: string | undefined;
      description?: string | null | undefined;
      tags?: string | undefined;
      defaultCompute?: string | undefined;
      isDefault?: true | undefined;
      archived?: boolean | undefined;
      retentionDays?: number | null | undefined;
      actor: string;
      now: number;
    },
  ): WorkspaceRow {
    const row = mustFind(db, args.name);
    if (args.archived && row.is_default) {
      throw slipwayError("conflict", `${row.name} is the default workspace and cannot be archived.`, {
        next: "Make another workspace the default first.",
      });
    }
    if (args.isDefault && (args.archived ?? row.archived === 1)) {
      throw slipwayError("conflict", `${row.name} is archived and cannot be the default workspace.`, {
        next: "Restore it first.",
      });
    }
    if (args.isDefault) db.run("UPDATE workspaces SET is_default = 0 WHERE is_default = 1");
    db.run(
      `UPDATE workspaces SET display_name = ?, description = ?, tags = ?, default_compute = ?, is_default = ?,
         archived = ?, retention_days = ?, actor = ?, modified_at = ? WHERE id = ?`,
      args.displayName ?? row.display_name,
      args.description === undefined ? row.description : args.description,
      args.tags ?? row.tags,
      args.defaultCompute ?? row.default_compute,
      args.isDefault ? 1 : row.is_default,
      args.archived === undefined ? row.archived : Number(args.archived),
      args.retentionDays === undefined ? row.retention_days : args.retentionDays,
      args.actor,
      args.now,
      row.id,
    );
    return mustFind(db, row.name);
  },
} satisfies CommandTable;

function mustFind(db: Db, name: string): WorkspaceRow {
  const row = workspaceQueries.workspace(db, { name });
  if (!row) throw slipwayError("not-found", `There is no workspace ${name}.`);
  return row;
}
