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

  /** Archives, deletes or restores runs. A run that is no job has one way to leave the lists, which is MLflow's deleting. */
  changeRuns(
    db: Db,
    args: { ids: number[]; change: "archive" | "delete" | "restore"; actor: string; now: number },
  ): void {
    const list = JSON.stringify(args.ids);
    const { now } = args;
    const among = "IN (SELECT value FROM json_each(?))";
    db.run(
      `UPDATE jobs SET archived = ?, modified_at = ? WHERE run_id ${among}`,
      args.change === "restore" ? 0 : 1,
      now,
      list,
    );
    if (args.change === "restore") {
      db.run(
        `UPDATE runs SET lifecycle_stage = 'active', deleted_time = NULL, actor = ? WHERE id ${among}`,
        args.actor,
        list,
      );
      return;
    }
    const plain = args.change === "archive" ? "AND id NOT IN (SELECT run_id FROM jobs)" : "";
    db.run(
      `UPDATE runs SET lifecycle_stage = 'deleted', deleted_time = ?, actor = ? WHERE id ${among} ${plain}`,
      now,
      args.actor,
      list,
    );
  },

  deleteRunView(db: Db, args: { workspace: string; name: string }): void {
    db.run(`DELETE FROM run_views WHERE workspace_id = ${workspaceId} AND name = ?`, args.workspace, args.name);
  },
} satisfies CommandTable;
