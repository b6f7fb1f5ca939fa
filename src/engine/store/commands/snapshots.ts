import type { Db } from "../database.ts";
import type { WrittenPack } from "../packs.ts";
import type { CommandTable } from "../table.ts";

export const snapshotCommands = {
  /** Names small files in packs that are durable already. */
  addPacks(db: Db, args: { packs: WrittenPack[]; now: number }): void {
    for (const pack of args.packs) {
      db.run(
        `INSERT INTO packs (sha256, bytes, created_at) VALUES (?, ?, ?)
         ON CONFLICT (sha256) DO UPDATE SET created_at = excluded.created_at`,
        pack.sha256,
        pack.bytes,
        args.now,
      );
      const row = db.get<{ id: number }>("SELECT id FROM packs WHERE sha256 = ?", pack.sha256);
      for (const file of pack.files) {
        db.run(
          // The newest pack holds: an older one may be about to be collected.
          `INSERT INTO packed_files (sha256, pack_id, offset, bytes) VALUES (?, ?, ?, ?) ON CONFLICT (sha256)
           DO UPDATE SET pack_id = excluded.pack_id, offset = excluded.offset, bytes = excluded.bytes`,
          Buffer.from(file.sha256, "hex"),
          row?.id,
          file.offset,
          file.bytes,
        );
      }
    }
  },

  addTree(db: Db, args: { digest: string; files: number; bytes: number; now: number }): void {
    db.run(
      "INSERT INTO trees (digest, files, bytes, used_at) VALUES (?, ?, ?, ?) ON CONFLICT (digest) DO UPDATE SET used_at = excluded.used_at",
      args.digest,
      args.files,
      args.bytes,
      args.now,
    );
  },

  /** Renews a tree's age. False when there is no such tree. */
  touchTree(db: Db, args: { digest: string; now: number }): boolean {
    return db.run("UPDATE trees SET used_at = ? WHERE digest = ?", args.now, args.digest).changes > 0;
  },

  rememberScan(db: Db, args: { root: string; memory: string; now: number }): void {
    db.run(
      "INSERT INTO scan_memories (root, memory, used_at) VALUES (?, ?, ?) ON CONFLICT (root) DO UPDATE SET memory = excluded.memory, used_at = excluded.used_at",
      args.root,
      args.memory,
      args.now,
    );
  },
} satisfies CommandTable;
