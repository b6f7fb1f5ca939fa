import type { Db } from "../database.ts";

/** What a person may do to runs: out of the lists, out of the store one day, back again. */
export type RunChange = "archive" | "delete" | "restore";

export interface PickedRun {
  id: number;
  name: string;
  /** 1 for a job that is not over. */
  open: 0 | 1;
}

/** Who changes runs, and when. Without an actor the last one stays. */
interface Changing {
  actor: string | undefined;
  now: number;
}

/** MLflow's deleting and ours are this one: the run stays as it is, marked, until it is collected. */
export function deleteRuns(db: Db, ids: readonly number[], { actor, now }: Changing): void {
  db.run(
    `UPDATE runs SET lifecycle_stage = 'deleted', deleted_time = ?, actor = coalesce(?, actor)
     WHERE lifecycle_stage = 'active' AND id IN (SELECT value FROM json_each(?))`,
    now,
    actor ?? null,
    JSON.stringify(ids),
  );
}

/** Takes back that runs were deleted, and that they were archived. */
export function restoreRuns(db: Db, ids: readonly number[], { actor, now }: Changing): void {
  setArchived(db, ids, 0, now);
  db.run(
    `UPDATE runs SET lifecycle_stage = 'active', deleted_time = NULL, actor = coalesce(?, actor)
     WHERE id IN (SELECT value FROM json_each(?))`,
    actor ?? null,
    JSON.stringify(ids),
  );
}

export function archiveRuns(db: Db, ids: readonly number[], { now }: Changing): void {
  setArchived(db, ids, 1, now);
}

/** A job has the mark in its own row, a run that is none in the run's. */
function setArchived(db: Db, ids: readonly number[], archived: 0 | 1, now: number): void {
  const list = JSON.stringify(ids);
  const among = "IN (SELECT value FROM json_each(?))";
  db.run(`UPDATE jobs SET archived = ?, modified_at = ? WHERE run_id ${among}`, archived, now, list);
  db.run(
    `UPDATE runs SET archived = ? WHERE id ${among} AND id NOT IN (SELECT run_id FROM jobs WHERE run_id ${among})`,
    archived,
    list,
    list,
  );
}

/** Runs that a change finds as they should be, with those nested in them that go along: deleted or restored as one. */
export function pickRuns(
  db: Db,
  args: { workspace: string; ids: readonly number[]; change: RunChange },
): { picked: PickedRun[]; kept: PickedRun[] } {
  const { change } = args;
  const fits = {
    archive: "r.lifecycle_stage = 'active' AND coalesce(j.archived, r.archived) = 0",
    delete: "r.lifecycle_stage = 'active'",
    restore: "(r.lifecycle_stage = 'deleted' OR coalesce(j.archived, r.archived) = 1)",
  }[change];
  const nested = {
    archive: "0",
    delete: `r.lifecycle_stage = 'active' AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.run_id = p.id AND o.ended_at IS NULL)`,
    restore: "r.lifecycle_stage = 'deleted' AND r.deleted_time = (SELECT deleted_time FROM runs WHERE id = p.id)",
  }[change];
  const rows = db.all<PickedRun>(
    `WITH RECURSIVE picked(id, place) AS (
       SELECT r.id, i.id FROM json_each(?) i CROSS JOIN runs r ON r.id = i.value LEFT JOIN jobs j ON j.run_id = r.id
       WHERE r.workspace_id = (SELECT id FROM workspaces WHERE name = ?) AND ${fits}
       UNION SELECT r.id, 1e15 + r.id FROM picked p JOIN runs r ON r.parent_id = p.id WHERE ${nested}
     )
     SELECT r.id AS id, r.name AS name, j.run_id IS NOT NULL AND j.ended_at IS NULL AS open
     FROM picked p JOIN runs r ON r.id = p.id LEFT JOIN jobs j ON j.run_id = r.id
     GROUP BY r.id ORDER BY min(p.place)`,
    JSON.stringify(args.ids),
    args.workspace,
  );
  const stays = ({ open }: PickedRun) => change === "delete" && open === 1;
  return { picked: rows.filter((row) => !stays(row)), kept: rows.filter(stays) };
}
