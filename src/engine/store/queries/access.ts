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
} satisfies QueryTable;
