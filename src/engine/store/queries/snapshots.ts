import type { Db } from "../database.ts";
import type { PackedAt } from "../packs.ts";
import type { QueryTable } from "../table.ts";

export const snapshotQueries = {
  /** Where packed files lie, in the order asked; null for one that is not packed. `hashes` are 32 bytes each. */
  locatePacked(db: Db, args: { hashes: Uint8Array }): (PackedAt | null)[] {
    const found: (PackedAt | null)[] = [];
    for (let at = 0; at < args.hashes.length; at += 32) {
      const row = db.get<PackedAt>(
        "SELECT packs.sha256 AS pack, offset, packed_files.bytes AS bytes FROM packed_files JOIN packs ON packs.id = pack_id WHERE packed_files.sha256 = ?",
        Buffer.from(args.hashes.subarray(at, at + 32)),
      );
      found.push(row ?? null);
    }
    return found;
  },

  tree(db: Db, args: { digest: string }): { files: number; bytes: number } | null {
    return (
      db.get<{ files: number; bytes: number }>("SELECT files, bytes FROM trees WHERE digest = ?", args.digest) ?? null
    );
  },

  scanMemory(db: Db, args: { root: string }): string | null {
    return db.get<{ memory: string }>("SELECT memory FROM scan_memories WHERE root = ?", args.root)?.memory ?? null;
  },
} satisfies QueryTable;
