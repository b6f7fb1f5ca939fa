/** Workspaces and what is configured in each: datastores, targets, the mirror map. Times are milliseconds since the epoch. */
export const workspacesSchema = `
CREATE TABLE workspaces (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  display_name TEXT NOT NULL,
  description TEXT,
  tags TEXT NOT NULL,
  default_compute TEXT NOT NULL,
  is_default INTEGER NOT NULL,
  archived INTEGER NOT NULL DEFAULT 0,
  owner TEXT NOT NULL,
  actor TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  modified_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX workspaces_default ON workspaces(is_default) WHERE is_default = 1;

CREATE TABLE datastores (
  id INTEGER PRIMARY KEY,
  workspace_id INTEGER NOT NULL REFERENCES workspaces(id),
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  description TEXT,
  tags TEXT NOT NULL,
  is_default INTEGER NOT NULL,
  /* The folder that stands for it; null for a cloud store that only the mirror map can reach. */
  path TEXT,
  /* The https prefix of a cloud store, for the mirror map. */
  url TEXT,
  document TEXT NOT NULL,
  owner TEXT NOT NULL,
  actor TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  modified_at INTEGER NOT NULL,
  UNIQUE (workspace_id, name)
) STRICT;
CREATE UNIQUE INDEX datastores_default ON datastores(workspace_id) WHERE is_default = 1;

CREATE TABLE computes (
  id INTEGER PRIMARY KEY,
  workspace_id INTEGER NOT NULL REFERENCES workspaces(id),
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  description TEXT,
  tags TEXT NOT NULL,
  document TEXT NOT NULL,
  owner TEXT NOT NULL,
  actor TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  modified_at INTEGER NOT NULL,
  UNIQUE (workspace_id, name)
) STRICT;

CREATE TABLE mirrors (
  workspace_id INTEGER NOT NULL REFERENCES workspaces(id),
  prefix TEXT NOT NULL,
  path TEXT NOT NULL,
  owner TEXT NOT NULL,
  actor TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, prefix)
) STRICT, WITHOUT ROWID;
`;
