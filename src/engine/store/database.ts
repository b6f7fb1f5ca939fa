import { closeSync, openSync } from "node:fs";
import Database from "better-sqlite3";

/** A prepared statement; `get`, `all` and `run` are better-sqlite3's. */
export type Statement = Database.Statement<unknown[], unknown>;

/** An open database with a cache of prepared statements. Lives in one thread. */
export class Db {
  readonly raw: Database.Database;
  readonly #statements = new Map<string, Statement>();
  /** What the one writer has looked up; undefined for a reader, which does not see what makes it stale. */
  readonly #remembered: Map<string, unknown> | undefined;

  constructor(raw: Database.Database, options: { remembers: boolean }) {
    this.raw = raw;
    this.#remembered = options.remembers ? new Map() : undefined;
  }

  /**
   * Looks up what only a few commands change: a training loop pays for it with every point else. Of workspaces, token
   * holders and keys of metrics alone, see {@link Db.forget}.
   */
  remember<T extends number | string | null>(what: string, find: () => T): T {
    const known = this.#remembered?.get(what) as T | undefined;
    if (known !== undefined) return known;
    const found = find();
    if ((this.#remembered?.size ?? 0) >= mostRemembered) this.forget();
    this.#remembered?.set(what, found);
    return found;
  }

  /** Called before whatever could change what is remembered, and after what was taken back. */
  forget(): void {
    this.#remembered?.clear();
  }

  /** Compiles `sql` once. Only for text that is written in the source, never for text made of values. */
  prepareCached(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.raw.prepare<unknown[], unknown>(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  get<T>(sql: string, ...values: unknown[]): T | undefined {
    return this.prepareCached(sql).get(...values) as T | undefined;
  }

  all<T>(sql: string, ...values: unknown[]): T[] {
    return this.prepareCached(sql).all(...values) as T[];
  }

  run(sql: string, ...values: unknown[]): Database.RunResult {
    return this.prepareCached(sql).run(...values);
  }
}

const mostRemembered = 10_000;

/** Pages after which the write-ahead log is copied into the database and begins anew. */
const logPages = 1000;

/**
 * Gives the write-ahead log its full size at once. A commit that makes the file longer takes twice the time of one that
 * writes over blocks that are there. The pages are written by a transaction that is rolled back, so that they mean
 * nothing. A disk without the room for it is no fault here.
 */
export function growLog(db: Db): void {
  const cache = db.raw.pragma("cache_size", { simple: true }) as number;
  db.raw.pragma("cache_size = -64");
  try {
    db.raw.exec("BEGIN IMMEDIATE; CREATE TABLE log_filler (filler);");
    db.raw.prepare("INSERT INTO log_filler VALUES (zeroblob(?))").run(logPages * 4050);
  } catch {
    // Then it grows as it is written.
  } finally {
    if (db.raw.inTransaction) db.raw.exec("ROLLBACK");
    db.raw.pragma(`cache_size = ${cache}`);
  }
}

/**
 * Opens the store for writing. `synchronous=FULL` is set on every open: builds of SQLite default WAL databases to
 * NORMAL, which loses acknowledged commits at a power cut.
 */
export function openForWriting(path: string): Db {
  // SQLite gives its log the mode of the database.
  closeSync(openSync(path, "a", 0o600));
  const raw = new Database(path);
  raw.pragma("journal_mode = WAL");
  raw.pragma("synchronous = FULL");
  raw.pragma("foreign_keys = ON");
  raw.pragma("busy_timeout = 5000");
  raw.pragma("cache_size = -16000");
  raw.pragma("temp_store = MEMORY");
  raw.pragma(`wal_autocheckpoint = ${logPages}`);
  return new Db(raw, { remembers: true });
}

/** Opens the store for reading beside the one writer. */
export function openForReading(path: string): Db {
  const raw = new Database(path, { readonly: true, fileMustExist: true });
  raw.pragma("query_only = ON");
  raw.pragma("busy_timeout = 5000");
  raw.pragma("cache_size = -4000");
  raw.pragma("temp_store = MEMORY");
  return new Db(raw, { remembers: false });
}
