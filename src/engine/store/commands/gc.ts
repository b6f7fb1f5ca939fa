import type { Db } from "../database.ts";
import type { CommandTable } from "../table.ts";

export const gcCommands = {
  /** Forgets trees that nothing names; one that was used after `before` stays. */
  forgetTrees(db: Db, args: { digests: string[]; before: number }): void {
    for (const digest of args.digests) {
      db.run("DELETE FROM trees WHERE digest = ? AND used_at <= ?", digest, args.before);
    }
  },

  /** Forgets packs and where their files lie. */
  forgetPacks(db: Db, args: { ids: number[] }): void {
    for (const id of args.ids) {
      db.run("DELETE FROM packed_files WHERE pack_id = ?", id);
      db.run("DELETE FROM packs WHERE id = ?", id);
    }
  },

  /** Forgets what scans have learnt of folders that were not scanned since. */
  forgetScans(db: Db, args: { before: number }): number {
    return db.run("DELETE FROM scan_memories WHERE used_at < ?", args.before).changes;
  },
} satisfies CommandTable;
