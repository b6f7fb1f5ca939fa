import type { Db } from "../database.ts";
import type { QueryTable } from "../table.ts";

export interface StoreFacts {
  schema_version: number;
  sqlite: string;
  journal_mode: string;
  page_bytes: number;
  /** SQLite's words; `ok` alone when the file is whole. At most 20. */
  quick_check: string[];
  tables: { name: string; rows: number }[];
}

export const examineQueries = {
  /** Looks at every page, which takes seconds for gigabytes; it delays nobody who writes. */
  storeFacts(db: Db, _args: Record<string, never>): StoreFacts {
    const pragma = (name: string) => db.raw.pragma(name, { simple: true });
    const tables = db.all<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    );
    return {
      schema_version: Number(pragma("user_version")),
      sqlite: db.get<{ version: string }>("SELECT sqlite_version() AS version")?.version ?? "",
      journal_mode: String(pragma("journal_mode")),
      page_bytes: Number(pragma("page_size")) * Number(pragma("page_count")),
      quick_check: (db.raw.pragma("quick_check(20)") as { quick_check: string }[]).map((row) => row.quick_check),
      tables: tables.map(({ name }) => ({
        name,
        rows: db.get<{ rows: number }>(`SELECT count(*) AS rows FROM "${name}"`)?.rows ?? 0,
      })),
    };
  },
} satisfies QueryTable;
