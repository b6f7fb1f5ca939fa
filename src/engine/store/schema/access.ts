/** The store's own settings, and whose tokens are good. The tokens themselves are signed, so none is kept. */
export const accessSchema = `
CREATE TABLE settings (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE token_holders (
  kind       TEXT NOT NULL CHECK (kind IN ('user', 'job')),
  workspace  TEXT NOT NULL,
  subject    TEXT NOT NULL,
  generation INTEGER NOT NULL,
  revoked_at INTEGER,
  PRIMARY KEY (kind, workspace, subject)
) WITHOUT ROWID;
`;
