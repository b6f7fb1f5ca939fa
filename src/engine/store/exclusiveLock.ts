import Database from "better-sqlite3";
import type { Disposable } from "#base/disposable.ts";
import { errnoOf } from "#base/errors.ts";

/**
 * A lock between processes, held through SQLite since Node has no flock: an exclusive transaction, never ended, on a
 * database file that nothing else opens. The kernel lets it go with the process, however that ends.
 */
export class ExclusiveLock implements Disposable {
  readonly #database: Database.Database;

  private constructor(database: Database.Database) {
    this.#database = database;
  }

  /** Takes the lock at once; undefined when another process (or another holder in this one) has it. */
  static tryTake(path: string): ExclusiveLock | undefined {
    const database = new Database(path);
    try {
      database.pragma("busy_timeout = 0");
      database.pragma("journal_mode = MEMORY");
      database.pragma("locking_mode = EXCLUSIVE");
      database.exec("BEGIN EXCLUSIVE");
      return new ExclusiveLock(database);
    } catch (thrown) {
      database.close();
      if (errnoOf(thrown)?.startsWith("SQLITE_BUSY")) return undefined;
      throw thrown;
    }
  }

  dispose(): void {
    this.#database.close();
  }
}
