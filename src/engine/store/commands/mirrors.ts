import { slipwayError } from "#contract/errors.ts";
import type { Db } from "../database.ts";
import type { CommandTable } from "../table.ts";

export const mirrorCommands = {
  putMirror(db: Db, args: { workspaceId: number; prefix: string; path: string; actor: string; now: number }): void {
    db.run(
      `INSERT INTO mirrors (workspace_id, prefix, path, owner, actor, created_at) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (workspace_id, prefix) DO UPDATE SET path = excluded.path, actor = excluded.actor`,
      args.workspaceId,
      args.prefix,
      args.path,
      args.actor,
      args.actor,
      args.now,
    );
  },

  deleteMirror(db: Db, args: { workspaceId: number; prefix: string }): void {
    const { changes } = db.run(
      "DELETE FROM mirrors WHERE workspace_id = ? AND prefix = ?",
      args.workspaceId,
      args.prefix,
    );
    if (changes === 0) {
      throw slipwayError("not-found", `No mirror has the prefix ${args.prefix}.`, {
        next: "`slipway mirror list` shows those that are there.",
      });
    }
  },
} satisfies CommandTable;
