import { join } from "node:path";
import Database from "better-sqlite3";

/** Multiplies the newest job of a home whose engine does not run, straight in its store: submitting them takes minutes. */
export function multiplyJobs(home: string, count: number): void {
  const db = new Database(join(home, "store/slipway.db"));
  const columnsOf = (table: string, without: readonly string[]): string =>
    (db.pragma(`table_info(${table})`) as { name: string }[])
      .map(({ name }) => name)
      .filter((name) => !without.includes(name))
      .join(", ");
  const { run_id: from } = db.prepare("SELECT max(run_id) AS run_id FROM jobs").get() as { run_id: number };
  const runColumns = columnsOf("runs", ["id", "name"]);
  const jobColumns = columnsOf("jobs", ["run_id", "name"]);
  const run = db.prepare(`INSERT INTO runs (name, ${runColumns}) SELECT ?, ${runColumns} FROM runs WHERE id = ?`);
  const job = db.prepare(
    `INSERT INTO jobs (run_id, name, ${jobColumns}) SELECT ?, ?, ${jobColumns} FROM jobs WHERE run_id = ?`,
  );
  db.transaction(() => {
    for (let index = 0; index < count; index++) {
      const name = `copy_${String(index).padStart(5, "0")}`;
      job.run(run.run(name, from).lastInsertRowid, name, from);
    }
  })();
  db.close();
}
