import type { Mirror } from "#contract/entities/asset.ts";
import type { Db } from "../database.ts";
import type { QueryTable } from "../table.ts";

export const mirrorQueries = {
  mirrors(db: Db, args: { workspaceId: number }): Mirror[] {
    return db.all<Mirror>("SELECT prefix, path FROM mirrors WHERE workspace_id = ? ORDER BY prefix", args.workspaceId);
  },
} satisfies QueryTable;
