import type { Db } from "../database.ts";
import type { QueryTable } from "../table.ts";
import { foldersOfRuns, type RunFolder } from "../tracking/runFolders.ts";

/** Everything that keeps stored files alive, by how it names them. */
export interface Roots {
  /** Digests of trees. Their manifests are blobs, their files blobs or packed. */
  trees: string[];
  /** Hashes of files, blobs or packed. */
  files: string[];
}

export interface EndedAttempt {
  folder: string;
  archived: 0 | 1;
}

export const gcQueries = {
  /**
   * What rows name. Every column that holds a tree's digest or a file's hash stands here; `test/engine/gc` checks
   * the schema for columns that are missing. Trees that were used after `since` count as named. What the runs `without`
   * name is left out, as if they were gone.
   */
  roots(db: Db, args: { since: number; without: number[] }): Roots {
    const without = JSON.stringify(args.without);
    const stay = "run_id NOT IN (SELECT value FROM json_each(?))";
    const trees = db.all<{ digest: string }>(
      `SELECT tree AS digest FROM assets WHERE tree IS NOT NULL
       UNION SELECT digest FROM trees WHERE used_at > ?
       UNION SELECT plan ->> '$.snapshot.digest' FROM jobs WHERE plan ->> '$.snapshot.digest' IS NOT NULL AND ${stay}`,
      args.since,
      without,
    );
    const files = new Set(
      db
        .all<{ sha256: string }>(
          `SELECT plan ->> '$.git.diff' AS sha256 FROM jobs WHERE plan ->> '$.git.diff' IS NOT NULL AND ${stay}`,
          without,
        )
        .map(({ sha256 }) => sha256),
    );
    const gone = new Set(args.without.length === 0 ? [] : foldersOfRuns(db, args.without).map(folderKey));
    const rows = db.raw.prepare<[], { workspace_id: number; path: string; sha256: string }>(
      "SELECT workspace_id, path, sha256 FROM artifacts",
    );
    for (const row of rows.iterate()) if (!isBelow(row, gone)) files.add(row.sha256);
    return { trees: trees.map(({ digest }) => digest), files: [...files] };
  },

  allTrees(db: Db, _args: Record<string, never>): string[] {
    return db.all<{ digest: string }>("SELECT digest FROM trees").map(({ digest }) => digest);
  },

  /** Packs, older than `before`, none of whose files is alive. `alive` holds 32 bytes for each living file. */
  deadPacks(db: Db, args: { alive: Uint8Array; before: number }): { id: number; sha256: string; bytes: number }[] {
    const alive = new Set<string>();
    for (let at = 0; at < args.alive.length; at += 32) {
      alive.add(Buffer.from(args.alive.subarray(at, at + 32)).toString("latin1"));
    }
    const living = new Set<number>();
    const rows = db.raw.prepare<[], { sha256: Buffer; pack_id: number }>("SELECT sha256, pack_id FROM packed_files");
    for (const { sha256, pack_id } of rows.iterate()) if (alive.has(sha256.toString("latin1"))) living.add(pack_id);
    return db
      .all<{ id: number; sha256: string; bytes: number }>(
        "SELECT id, sha256, bytes FROM packs WHERE created_at < ?",
        args.before,
      )
      .filter(({ id }) => !living.has(id));
  },

  allPacks(db: Db, _args: Record<string, never>): string[] {
    return db.all<{ sha256: string }>("SELECT sha256 FROM packs").map(({ sha256 }) => sha256);
  },

  /** Folders of attempts of jobs that are over. */
  endedAttempts(db: Db, args: { compute: string }): EndedAttempt[] {
    return db.all<EndedAttempt>(
      `SELECT folder, archived FROM job_attempts JOIN jobs USING (run_id)
       WHERE ended_at IS NOT NULL AND job_attempts.compute = ?`,
      args.compute,
    );
  },

  /** When the oldest job that is not over was submitted; null when all are over. */
  oldestUnfinished(db: Db, _args: Record<string, never>): number | null {
    return db.get<{ at: number | null }>("SELECT min(created_at) AS at FROM jobs WHERE ended_at IS NULL")?.at ?? null;
  },

  /** Keys of the environments that jobs which are not over need. */
  neededEnvironments(db: Db, _args: Record<string, never>): string[] {
    return db
      .all<{ key: string }>("SELECT DISTINCT plan ->> '$.environment.key' AS key FROM jobs WHERE ended_at IS NULL")
      .map(({ key }) => key);
  },
} satisfies QueryTable;

const folderKey = ({ workspaceId, folder }: RunFolder) => `${workspaceId} ${folder}`;

/** Whether a file lies in one of some folders, at whatever depth. */
function isBelow(
  { workspace_id, path }: { workspace_id: number; path: string },
  folders: ReadonlySet<string>,
): boolean {
  if (folders.size === 0) return false;
  for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
    if (folders.has(`${workspace_id} ${path.slice(0, slash)}`)) return true;
  }
  return false;
}
