import { copyFileSync, existsSync } from "node:fs";
import { slipwayError } from "#contract/errors.ts";
import type { Db } from "./database.ts";
import { schema } from "./schema.ts";

/** Each entry leads from version N to N+1. A released entry is never changed. */
const migrations: readonly string[] = [schema];

const schemaVersion = migrations.length;

/** Brings the store to {@link schemaVersion}. An older database is copied aside first; a newer one is refused untouched. */
export function migrate(db: Db, path: string): void {
  const from = db.raw.pragma("user_version", { simple: true }) as number;
  if (from > schemaVersion) {
    throw slipwayError("store-newer", `The store ${path} has version ${from}; this Slipway knows ${schemaVersion}.`, {
      next: "Update Slipway, or set SLIPWAY_HOME to another folder.",
    });
  }
  if (from === schemaVersion) return;
  if (from > 0) backup(db, path, from);
  db.raw.transaction(() => {
    for (let version = from; version < schemaVersion; version++) {
      db.raw.exec(migrations[version] as string);
    }
    db.raw.pragma(`user_version = ${schemaVersion}`);
  })();
}

function backup(db: Db, path: string, version: number): void {
  db.raw.pragma("wal_checkpoint(TRUNCATE)");
  const copy = `${path}.v${version}.backup`;
  if (!existsSync(copy)) copyFileSync(path, copy);
}
