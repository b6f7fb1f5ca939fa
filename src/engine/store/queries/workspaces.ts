import type { Db } from "../database.ts";
import type { QueryTable } from "../table.ts";

export interface WorkspaceRow {
  id: number;
  name: string;
  display_name: string;
  description: string | null;
  /** JSON. */
  tags: string;
  default_compute: string;
  is_default: 0 | 1;
  archived: 0 | 1;
  retention_days: number | null;
  owner: string;
  actor: string;
  created_at: number;
  modified_at: number;
}

export const workspaceQueries = {
  workspace(db: Db, args: { name: string }): WorkspaceRow | null {
    return db.get<WorkspaceRow>("SELECT * FROM workspaces WHERE name = ?", args.name) ?? null;
  },

  workspaces(db: Db, args: { includeArchived: boolean }): WorkspaceRow[] {
    return db.all<WorkspaceRow>(
      "SELECT * FROM workspaces WHERE archived <= ? ORDER BY is_default DESC, name",
      Number(args.includeArchived),
    );
  },

  defaultWorkspace(db: Db, _args: Record<string, never>): WorkspaceRow | null {
    return db.get<WorkspaceRow>("SELECT * FROM workspaces WHERE is_default = 1") ?? null;
  },
} satisfies QueryTable;
