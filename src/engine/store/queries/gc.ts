import type { Db } from "../database.ts";
import type { QueryTable } from "../table.ts";

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
   * the schema for columns that are missing. Trees that were used after `since` count as named.
   */
  roots(db: Db, args: { since: number }): Roots {
    const trees = db.all<{ digest: string }>(
      `SELECT tree AS digest FROM assets WHERE tree IS NOT NULL
       UNION SELECT digest FROM trees WHERE used_at > ?
       UNION SELECT plan ->> '$.snapshot.digest' FROM jobs WHERE plan ->> '$.snapshot.digest' IS NOT NULL`,
      args.since,
    );
    const files = db.all<{ sha256: string }>(
      `SELECT sha256 FROM artifacts
       UNION SELECT plan ->> '$.git.diff' FROM jobs WHERE plan ->> '$.git.diff' IS NOT NULL`,
    );
    return { trees: trees.map(({ digest }) => digest), files: files.map(({ sha256 }) => sha256) };
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
