import type { Db } from "../database.ts";
import type { QueryTable } from "../table.ts";

export interface ComputeRow {
  id: number;
  workspace_id: number;
  name: string;
  type: string;
  description: string | null;
  /** JSON. */
  tags: string;
  /** JSON. */
  document: string;
  owner: string;
  actor: string;
  created_at: number;
  modified_at: number;
}

export const computeQueries = {
  compute(db: Db, args: { workspaceId: number; name: string }): ComputeRow | null {
    return (
      db.get<ComputeRow>("SELECT * FROM computes WHERE workspace_id = ? AND name = ?", args.workspaceId, args.name) ??
      null
    );
  },

  computes(db: Db, args: { workspaceId: number }): ComputeRow[] {
    return db.all<ComputeRow>("SELECT * FROM computes WHERE workspace_id = ? ORDER BY name", args.workspaceId);
  },

  /** Machines that were attached, of every workspace. */
  attachedComputes(db: Db, _args: Record<string, never>): (ComputeRow & { workspace: string })[] {
    return db.all(
      `SELECT computes.*, workspaces.name AS workspace FROM computes JOIN workspaces ON workspaces.id = computes.workspace_id
       WHERE json_extract(document, '$.slipway.ssh') IS NOT NULL ORDER BY computes.id`,
    );
  },
} satisfies QueryTable;
