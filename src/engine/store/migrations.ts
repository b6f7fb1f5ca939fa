import { copyFileSync, existsSync, statSync } from "node:fs";
import { slipwayError } from "#contract/errors.ts";
import { openForReading, type Db } from "./database.ts";
import { schema } from "./schema.ts";
import { keepingSchema } from "./schema/keeping.ts";
import { runViewsSchema } from "./schema/runViews.ts";

/** Each entry leads from version N to N+1. A released entry is never changed. */
const migrations: readonly string[] = [schema, runViewsSchema, keepingSchema];

const schemaVersion = migrations.length;

const versionOf = (db: Db) => db.raw.pragma("user_version", { simple: true }) as number;

/** Looks at a database before it is opened for writing. A newer one, and one of another program, is refused untouched. */
export function checkIsOurs(path: string): void {
  if (!(statSync(path, { throwIfNoEntry: false })?.size ?? 0)) return;
  const db = openForReading(path);
  try {
    const version = versionOf(db);
    if (version > schemaVersion) {
      const words = `The store ${path} has version ${version}; this Slipway knows ${schemaVersion}.`;
      throw slipwayError("store-newer", words, { next: "Update Slipway, or set SLIPWAY_HOME to another folder." });
    }
    const [table] = db.all<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name LIMIT 1",
    );
    if (version === 0 && table) {
      const words = `The file ${path} is no store of Slipway's: it holds the table ${table.name} of another program.`;
      throw slipwayError("engine-start-failed", words, {
        next: "Move the file away, or set SLIPWAY_HOME to another folder.",
      });
    }
  } finally {
    db.raw.close();
  }
}

/** Brings the store to {@link schemaVersion}. An older database is copied aside first. */
export function migrate(db: Db, path: string): void {
  const from = versionOf(db);
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
