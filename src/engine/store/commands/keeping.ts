import type { Db } from "../database.ts";
import type { CommandTable } from "../table.ts";
import {
  archiveRuns,
  deleteRuns,
  pickRuns,
  restoreRuns,
  type PickedRun,
  type RunChange,
} from "../tracking/lifecycle.ts";
import { pathOfLocation } from "../tracking/artifactRows.ts";

const among = "IN (SELECT value FROM json_each(?))";

export const keepingCommands = {
  /** Archives, deletes or restores runs, nested ones with them. A job that is not over is not deleted. */
  changeRuns(
    db: Db,
    args: { workspace: string; ids: number[]; change: RunChange; actor: string | undefined; now: number },
  ): { picked: PickedRun[]; kept: PickedRun[] } {
    const found = pickRuns(db, args);
    const ids = found.picked.map(({ id }) => id);
    const change = { archive: archiveRuns, delete: deleteRuns, restore: restoreRuns }[args.change];
    change(db, ids, args);
    return found;
  },

  /**
   * Forgets runs that are deleted, with all that was logged to them; what stands in blobs is collected later. One that
   * was restored meanwhile stays. Gives back the runs that are gone.
   */
  forgetRuns(db: Db, args: { ids: number[] }): { workspace: string; name: string }[] {
    const runs = db.all<{ id: number; workspace_id: number; workspace: string; name: string; artifact_uri: string }>(
      `SELECT r.id, r.workspace_id, w.name AS workspace, r.name, r.artifact_uri FROM runs r
       JOIN workspaces w ON w.id = r.workspace_id WHERE r.lifecycle_stage = 'deleted' AND r.id ${among} ORDER BY r.id DESC`,
      JSON.stringify(args.ids),
    );
    for (const run of runs) {
      forgetFiles(db, run.workspace_id, run.artifact_uri);
      forgetLoggedModels(db, run.workspace_id, run.name);
      for (const table of ["params", "tags", "metrics", "latest_metrics", "run_datasets", "run_models", "run_warnings"])
        db.run(`DELETE FROM ${table} WHERE run_id = ?`, run.id);
      for (const table of ["job_changes", "job_attempts", "jobs"])
        db.run(`DELETE FROM ${table} WHERE run_id = ?`, run.id);
      for (const table of ["lineage", "relay_progress"])
        db.run(`DELETE FROM ${table} WHERE workspace_id = ? AND job = ?`, run.workspace_id, run.name);
      db.run("UPDATE runs SET parent_id = NULL WHERE parent_id = ?", run.id);
      db.run("DELETE FROM runs WHERE id = ?", run.id);
    }
    return runs.map(({ workspace, name }) => ({ workspace, name }));
  },
} satisfies CommandTable;

/** Files of a run lie below its own folder; a location that is somewhere else is not ours to touch. */
function forgetFiles(db: Db, workspaceId: number, location: string): void {
  const folder = pathOfLocation(location);
  if (!folder) return;
  db.run(
    "DELETE FROM artifacts WHERE workspace_id = ? AND path >= ? AND path < ?",
    workspaceId,
    `${folder}/`,
    `${folder}0`,
  );
}

function forgetLoggedModels(db: Db, workspaceId: number, run: string): void {
  const models = db.all<{ id: number; model_id: string; artifact_uri: string }>(
    "SELECT id, model_id, artifact_uri FROM logged_models WHERE workspace_id = ? AND source_run_id = ?",
    workspaceId,
    run,
  );
  for (const model of models) {
    forgetFiles(db, workspaceId, model.artifact_uri);
    for (const table of ["logged_model_params", "logged_model_tags", "logged_model_metrics"])
      db.run(`DELETE FROM ${table} WHERE model_id = ?`, model.id);
    db.run("DELETE FROM logged_models WHERE id = ?", model.id);
  }
}
