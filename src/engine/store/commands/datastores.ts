import { slipwayError } from "#contract/errors.ts";
import type { Db } from "../database.ts";
import { datastoreQueries, type DatastoreRow } from "../queries/datastores.ts";
import type { CommandTable } from "../table.ts";

export const datastoreCommands = {
  /** Creates a datastore, or replaces all of one but its age and place as the default. */
  putDatastore(
    db: Db,
    args: {
      workspaceId: number;
      name: string;
      type: string;
      description: string | null;
      tags: string;
      path: string | null;
      url: string | null;
      document: string;
      actor: string;
      now: number;
    },
  ): DatastoreRow {
    db.run(
      `INSERT INTO datastores (workspace_id, name, type, description, tags, is_default, path, url, document, owner, actor, created_at, modified_at)
       VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (workspace_id, name) DO UPDATE SET type = excluded.type, description = excluded.description,
         tags = excluded.tags, path = excluded.path, url = excluded.url, document = excluded.document,
         actor = excluded.actor, modified_at = excluded.modified_at`,
      args.workspaceId,
      args.name,
      args.type,
      args.description,
      args.tags,
      args.path,
      args.url,
      args.document,
      args.actor,
      args.actor,
      args.now,
      args.now,
    );
    return mustFind(db, args);
  },

  updateDatastore(
    db: Db,
    args: {
      workspaceId: number;
      name: string;
      description?: string | null | undefined;
      tags?: Record<string, string | null> | undefined;
      isDefault?: true | undefined;
      actor: string;
      now: number;
    },
  ): DatastoreRow {
    const row = mustFind(db, args);
    if (args.isDefault) db.run("UPDATE datastores SET is_default = 0 WHERE workspace_id = ?", args.workspaceId);
    db.run(
      "UPDATE datastores SET description = ?, tags = ?, is_default = ?, actor = ?, modified_at = ? WHERE id = ?",
      args.description === undefined ? row.description : args.description,
      mergeTags(row.tags, args.tags),
      args.isDefault ? 1 : row.is_default,
      args.actor,
      args.now,
      row.id,
    );
    return mustFind(db, args);
  },

  /** Forgets a datastore. Throws `not-found`, and `conflict` for the default one. */
  deleteDatastore(db: Db, args: { workspaceId: number; name: string }): void {
    const row = mustFind(db, args);
    if (row.is_default) {
      throw slipwayError("conflict", `${row.name} is the workspace's default datastore.`, {
        next: "Make another one the default first.",
      });
    }
    db.run("DELETE FROM datastores WHERE id = ?", row.id);
  },
} satisfies CommandTable;

/** Tags (JSON) with changes merged in; null takes one away. */
export function mergeTags(json: string, changes: Record<string, string | null> | undefined): string {
  if (!changes) return json;
  const merged = { ...(JSON.parse(json) as Record<string, string>), ...changes };
  return JSON.stringify(Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null)));
}

function mustFind(db: Db, args: { workspaceId: number; name: string }): DatastoreRow {
  const row = datastoreQueries.datastore(db, args);
  if (!row) throw slipwayError("not-found", `There is no datastore ${args.name}.`);
  return row;
}
