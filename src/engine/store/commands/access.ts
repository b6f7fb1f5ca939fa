import type { Db } from "../database.ts";
import type { CommandTable } from "../table.ts";

export const accessCommands = {
  putSetting(db: Db, args: { key: string; value: string }) {
    db.run(
      "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      args.key,
      args.value,
    );
  },

  /** Makes a holder's tokens good; with `rotate` those given out before end. Returns the generation that is good now. */
  admitHolder(db: Db, args: { kind: "user" | "job"; workspace: string; subject: string; rotate: boolean }): number {
    db.run(
      `INSERT INTO token_holders (kind, workspace, subject, generation) VALUES (?, ?, ?, 1)
       ON CONFLICT DO UPDATE SET generation = generation + ?, revoked_at = NULL`,
      args.kind,
      args.workspace,
      args.subject,
      args.rotate ? 1 : 0,
    );
    const row = db.get<{ generation: number }>(
      "SELECT generation FROM token_holders WHERE kind = ? AND workspace = ? AND subject = ?",
      args.kind,
      args.workspace,
      args.subject,
    );
    return row?.generation ?? 1;
  },
} satisfies CommandTable;
