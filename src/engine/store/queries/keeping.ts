import type { Db } from "../database.ts";
import type { QueryTable } from "../table.ts";
import { foldersOfRuns } from "../tracking/runFolders.ts";
import { statusColumn } from "./jobList.ts";
import { pickRuns, type PickedRun, type RunChange } from "../tracking/lifecycle.ts";

export interface RunPlace extends PickedRun {
  workspace: string;
  /** Folders of a job's attempts on this machine, as a JSON array. */
  folders: string;
}

export interface HeldRun {
  id: number;
  name: string;
  /** Why it is kept, to stand after "because". */
  reason: string;
}

const among = "IN (SELECT value FROM json_each($ids))";

/** What keeps a run, however old or deleted it is. Each is read from the side that has few rows. */
const holds = `
  SELECT r.id AS id, r.name AS name, 'it is pinned' AS reason
    FROM runs r JOIN tags t ON t.run_id = r.id AND t.key = 'pinned' AND lower(t.value) NOT IN ('false', '0', 'no')
    WHERE r.id ${among}
  UNION ALL SELECT r.id, r.name, 'the ' || a.kind || ' ' || a.name || ':' || a.version || ' was made of it'
    FROM assets a JOIN runs r ON r.workspace_id = a.workspace_id AND r.name = a.produced_by
    WHERE a.produced_by IS NOT NULL AND r.id ${among}
  UNION ALL SELECT r.id, r.name, 'the job ' || u.name || ' used what it made'
    FROM jobs u CROSS JOIN json_each(u.inputs) p
    JOIN runs r ON r.workspace_id = u.workspace_id AND r.name = p.value ->> '$.produced_by'
    WHERE r.id ${among} AND u.run_id NOT ${among}
  UNION ALL SELECT r.id, r.name, 'the run ' || u.name || ' used its model ' || m.name
    FROM run_models rm JOIN runs u ON u.id = rm.run_id
    JOIN logged_models m ON m.workspace_id = u.workspace_id AND m.model_id = rm.model_id
    JOIN runs r ON r.workspace_id = m.workspace_id AND r.name = m.source_run_id
    WHERE rm.direction = 'input' AND u.id <> r.id AND r.id ${among} AND u.id NOT ${among}
  UNION ALL SELECT r.id, r.name, 'the run ' || c.name || ' is nested in it'
    FROM runs r JOIN runs c ON c.parent_id = r.id WHERE c.lifecycle_stage = 'active' AND r.id ${among} AND c.id NOT ${among}`;

export const keepingQueries = {
  /** Runs by their names, those that are there. */
  runsByName(db: Db, args: { workspace: string; names: string[] }): { id: number; name: string; stage: string }[] {
    return db.all(
      `SELECT r.id, r.name, r.lifecycle_stage AS stage FROM json_each(?) n CROSS JOIN runs r
       ON r.workspace_id = (SELECT id FROM workspaces WHERE name = ?) AND r.name = n.value ORDER BY n.id`,
      JSON.stringify(args.names),
      args.workspace,
    );
  },

  /** Which of some runs a change is for, with those nested in them. A job that is not over is not deleted. */
  changeableRuns(
    db: Db,
    args: { workspace: string; ids: number[]; change: RunChange },
  ): { picked: PickedRun[]; kept: PickedRun[] } {
    return pickRuns(db, args);
  },

  /** Bytes of the files that some runs have logged and nothing else has: each file once, as it is stored once. */
  bytesOfRuns(db: Db, args: { ids: number[] }): number {
    const files = new Map<string, { bytes: number; uses: number }>();
    for (const { workspaceId, folder } of foldersOfRuns(db, args.ids)) {
      const rows = db.all<{ sha256: string; bytes: number }>(
        "SELECT sha256, bytes FROM artifacts WHERE workspace_id = ? AND path >= ? AND path < ?",
        workspaceId,
        `${folder}/`,
        `${folder}0`,
      );
      for (const { sha256, bytes } of rows) files.set(sha256, { bytes, uses: (files.get(sha256)?.uses ?? 0) + 1 });
    }
    if (files.size === 0) return 0;
    const used = db.all<{ sha256: string; uses: number }>(
      "SELECT sha256, count(*) AS uses FROM artifacts WHERE sha256 IN (SELECT value FROM json_each(?)) GROUP BY sha256",
      JSON.stringify([...files.keys()]),
    );
    let bytes = 0;
    for (const { sha256, uses } of used) {
      const mine = files.get(sha256);
      if (mine && mine.uses >= uses) bytes += mine.bytes;
    }
    return bytes;
  },

  /** Where the logs and attempts of jobs among some runs lie. */
  placesOfRuns(db: Db, args: { ids: number[] }): RunPlace[] {
    return db.all(
      `SELECT r.id, r.name, w.name AS workspace, j.ended_at IS NULL AS open, (
         SELECT json_group_array(folder) FROM job_attempts a WHERE a.run_id = r.id AND a.compute = 'local'
       ) AS folders FROM json_each(?) i CROSS JOIN runs r ON r.id = i.value JOIN workspaces w ON w.id = r.workspace_id
       JOIN jobs j ON j.run_id = r.id`,
      JSON.stringify(args.ids),
    );
  },

  /** Which of some runs must stay, and why; one line a reason. Among themselves they hold nothing. */
  heldRuns(db: Db, args: { ids: number[] }): HeldRun[] {
    return db.all(`${holds} ORDER BY 1, 3`, { ids: JSON.stringify(args.ids) });
  },

  /** The runs that a run is nested in, the nearest first. */
  runsAround(db: Db, args: { id: number }): { id: number; name: string }[] {
    return db.all(
      `WITH RECURSIVE around(id, depth) AS (
         SELECT parent_id, 1 FROM runs WHERE id = ? UNION
         SELECT r.parent_id, depth + 1 FROM around a JOIN runs r ON r.id = a.id WHERE r.parent_id IS NOT NULL AND depth < 100
       ) SELECT r.id, r.name FROM around a JOIN runs r ON r.id = a.id ORDER BY depth`,
      args.id,
    );
  },

  /** Runs of their own (not nested ones) that ended before a time and are not deleted. */
  endedRuns(
    db: Db,
    args: { workspace: string; before: number; experiment: string | null; statuses: string[] },
  ): number[] {
    const ended = "CASE WHEN j.run_id IS NULL THEN r.end_time ELSE j.ended_at END";
    return db
      .all<{ id: number }>(
        `SELECT r.id FROM runs r JOIN experiments e ON e.id = r.experiment_id LEFT JOIN jobs j ON j.run_id = r.id
         WHERE r.workspace_id = (SELECT id FROM workspaces WHERE name = $workspace) AND r.parent_id IS NULL
           AND r.lifecycle_stage = 'active' AND ${ended} < $before
           AND ($experiment IS NULL OR coalesce(j.experiment_name, e.name) = $experiment)
           AND ($statuses = '[]' OR ${statusColumn} IN (SELECT value FROM json_each($statuses))) ORDER BY r.id`,
        { ...args, statuses: JSON.stringify(args.statuses) },
      )
      .map(({ id }) => id);
  },

  /** Runs that were deleted before a time and are over. */
  collectableRuns(db: Db, args: { before: number }): number[] {
    return db
      .all<{ id: number }>(
        `SELECT r.id FROM runs r LEFT JOIN jobs j ON j.run_id = r.id WHERE r.lifecycle_stage = 'deleted'
         AND coalesce(r.deleted_time, 0) <= ? AND (j.run_id IS NULL OR j.ended_at IS NOT NULL) ORDER BY r.id`,
        args.before,
      )
      .map(({ id }) => id);
  },

  /** Workspaces that keep runs for so many days. */
  retentions(db: Db, _args: Record<string, never>): { name: string; retention_days: number }[] {
    return db.all("SELECT name, retention_days FROM workspaces WHERE retention_days IS NOT NULL ORDER BY id");
  },
} satisfies QueryTable;
