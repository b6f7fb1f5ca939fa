import type { RunView } from "#contract/routes/runTable.ts";
import type { Db } from "../database.ts";
import type { CommandTable } from "../table.ts";

const workspaceId = "(SELECT id FROM workspaces WHERE name = ?)";

export const runViewCommands = {
  /** Keeps a view of the runs table; one of the same name is replaced. */
  saveRunView(db: Db, args: { workspace: string; view: RunView; actor: string; now: number }): void {
    const { workspace, view, actor, now } = args;
    db.run(
      `INSERT INTO run_views (workspace_id, name, view, owner, actor, modified_at) VALUES (${workspaceId}, ?, ?, ?, ?, ?)
       ON CONFLICT (workspace_id, name) DO UPDATE SET view = excluded.view, actor = excluded.actor, modified_at = excluded.modified_at`,
      workspace,
      view.name,
      JSON.stringify(view),
      actor,
      actor,
      now,
    );
  },

  deleteRunView(db: Db, args: { workspace: string; name: string }): void {
    db.run(`DELETE FROM run_views WHERE workspace_id = ${workspaceId} AND name = ?`, args.workspace, args.name);
  },
} satisfies CommandTable;
