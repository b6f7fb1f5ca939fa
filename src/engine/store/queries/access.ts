import type { Db } from "../database.ts";
import type { QueryTable } from "../table.ts";

export interface HolderRow {
  kind: "user" | "job";
  workspace: string;
  subject: string;
  generation: number;
}

export const accessQueries = {
  setting(db: Db, args: { key: string }): string | null {
    return db.get<{ value: string }>("SELECT value FROM settings WHERE key = ?", args.key)?.value ?? null;
  },

  liveHolders(db: Db, _args: Record<string, never>): HolderRow[] {
    return db.all<HolderRow>("SELECT kind, workspace, subject, generation FROM token_holders WHERE revoked_at IS NULL");
  },

  /** The generation of a holder's tokens that is good; null when none is. */
  goodGeneration(db: Db, args: Omit<HolderRow, "generation">): number | null {
    const { kind, workspace, subject } = args;
    return db.remember(`holder ${kind} ${workspace} ${subject}`, () => {
      const sql =
        "SELECT generation FROM token_holders WHERE kind = ? AND workspace = ? AND subject = ? AND revoked_at IS NULL";
      return db.get<{ generation: number }>(sql, kind, workspace, subject)?.generation ?? null;
    });
  },
} satisfies QueryTable;
