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

  /** Adds a token by its hash; with `replace` all other tokens of the subject end. */
  addToken(
    db: Db,
    args: {
      hash: string;
      kind: "user" | "job";
      subject: string;
      workspace: string | null;
      now: number;
      replace: boolean;
    },
  ) {
    if (args.replace) {
      db.run(
        "UPDATE tokens SET revoked_at = ? WHERE kind = ? AND subject = ? AND revoked_at IS NULL",
        args.now,
        args.kind,
        args.subject,
      );
    }
    db.run(
      "INSERT INTO tokens (hash, kind, subject, workspace, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING",
      args.hash,
      args.kind,
      args.subject,
      args.workspace,
      args.now,
    );
  },

  revokeTokens(db: Db, args: { kind: "user" | "job"; subject: string; now: number }) {
    db.run(
      "UPDATE tokens SET revoked_at = ? WHERE kind = ? AND subject = ? AND revoked_at IS NULL",
      args.now,
      args.kind,
      args.subject,
    );
  },
} satisfies CommandTable;
