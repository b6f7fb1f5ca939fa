import type { Db } from "../database.ts";
import type { QueryTable } from "../table.ts";

export interface DatastoreRow {
  id: number;
  workspace_id: number;
  name: string;
  type: string;
  description: string | null;
  /** JSON. */
  tags: string;
  is_default: 0 | 1;
  path: string | null;
  url: string | null;
  /** JSON. */
  document: string;
  owner: string;
  actor: string;
  created_at: number;
  modified_at: number;
}

export const datastoreQueries = {
  datastore(db: Db, args: { workspaceId: number; name: string }): DatastoreRow | null {
    return (
      db.get<DatastoreRow>(
        "SELECT * FROM datastores WHERE workspace_id = ? AND name = ?",
        args.workspaceId,
        args.name,
      ) ?? null
    );
  },

  defaultDatastore(db: Db, args: { workspaceId: number }): DatastoreRow | null {
    return (
      db.get<DatastoreRow>("SELECT * FROM datastores WHERE workspace_id = ? AND is_default = 1", args.workspaceId) ??
      null
    );
  },

  datastores(db: Db, args: { workspaceId: number }): DatastoreRow[] {
    return db.all<DatastoreRow>("SELECT * FROM datastores WHERE workspace_id = ? ORDER BY name", args.workspaceId);
  },
} satisfies QueryTable;
