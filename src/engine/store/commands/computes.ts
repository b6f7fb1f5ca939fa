import { slipwayError } from "#contract/errors.ts";
import type { Db } from "../database.ts";
import { computeQueries, type ComputeRow } from "../queries/computes.ts";
import type { CommandTable } from "../table.ts";
import { mergeTags } from "./datastores.ts";

export const computeCommands = {
  /** Names a target, or replaces what is known of one. */
  putCompute(
    db: Db,
    args: {
      workspaceId: number;
      name: string;
      type: string;
      description: string | null;
      tags: string;
      document: string;
      actor: string;
      now: number;
    },
  ): ComputeRow {
    db.run(
      `INSERT INTO computes (workspace_id, name, type, description, tags, document, owner, actor, created_at, modified_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (workspace_id, name) DO UPDATE SET type = excluded.type, description = excluded.description,
         tags = excluded.tags, document = excluded.document, actor = excluded.actor, modified_at = excluded.modified_at`,
      args.workspaceId,
      args.name,
      args.type,
      args.description,
      args.tags,
      args.document,
      args.actor,
      args.actor,
      args.now,
      args.now,
    );
    return mustFind(db, args);
  },

  updateCompute(
    db: Db,
    args: {
      workspaceId: number;
      name: string;
      description?: string | null | undefined;
      tags?: Record<string, string | null> | undefined;
      actor: string;
      now: number;
    },
  ): ComputeRow {
    const row = mustFind(db, args);
    db.run(
      "UPDATE computes SET description = ?, tags = ?, actor = ?, modified_at = ? WHERE id = ?",
      args.description === undefined ? row.description : args.description,
      mergeTags(row.tags, args.tags),
      args.actor,
      args.now,
      row.id,
    );
    return mustFind(db, args);
  },

  deleteCompute(db: Db, args: { workspaceId: number; name: string }): void {
    db.run("DELETE FROM computes WHERE id = ?", mustFind(db, args).id);
  },
} satisfies CommandTable;

function mustFind(db: Db, args: { workspaceId: number; name: string }): ComputeRow {
  const row = computeQueries.compute(db, args);
  if (!row) throw slipwayError("not-found", `There is no compute ${args.name}.`);
  return row;
}
