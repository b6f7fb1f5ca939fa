import type { Db } from "../database.ts";
import type { QueryTable } from "../table.ts";

export interface TokenRow {
  hash: string;
  kind: "user" | "job";
  subject: string;
  workspace: string | null;
}

export const accessQueries = {
  setting(db: Db, args: { key: string }): string | null {
    return db.get<{ value: string }>("SELECT value FROM settings WHERE key = ?", args.key)?.value ?? null;
  },

  liveTokens(db: Db, _args: Record<string, never>): TokenRow[] {
    return db.all<TokenRow>("SELECT hash, kind, subject, workspace FROM tokens WHERE revoked_at IS NULL");
  },
} satisfies QueryTable;
