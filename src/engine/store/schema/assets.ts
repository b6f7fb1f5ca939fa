/**
 * Frozen trees of files, the versions of assets, and which job made or used what. Times are milliseconds since the epoch.
 * Hashes in the two tables with a row for each small file are bytes, not text, to keep them small.
 */
export const assetsSchema = `
CREATE TABLE trees (
  digest TEXT PRIMARY KEY,
  files INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  /* Renewed by each freeze that finds it: collection leaves what was used just now alone. */
  used_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE packs (
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  bytes INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE packed_files (
  sha256 BLOB PRIMARY KEY,
  pack_id INTEGER NOT NULL REFERENCES packs(id),
  offset INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX packed_files_by_pack ON packed_files(pack_id);

/* What the last scan of a folder learnt about its files (JSON), so that an unchanged tree is not read again. */
CREATE TABLE scan_memories (
  root TEXT PRIMARY KEY,
  memory TEXT NOT NULL,
  used_at INTEGER NOT NULL
) STRICT;

CREATE TABLE assets (
  id INTEGER PRIMARY KEY,
  workspace_id INTEGER NOT NULL REFERENCES workspaces(id),
  kind TEXT NOT NULL CHECK (kind IN ('data', 'environment', 'model', 'component')),
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  /* The version as a number, when it is one. */
  version_number INTEGER,
  type TEXT,
  path TEXT,
  description TEXT,
  tags TEXT NOT NULL,
  properties TEXT NOT NULL,
  archived INTEGER NOT NULL DEFAULT 0,
  /* What makes a version the same as another: a hash over its document and its files. */
  content TEXT NOT NULL,
  /* The frozen files; null for an asset that stands where it was registered. */
  tree TEXT,
  digest TEXT,
  bytes INTEGER,
  produced_by TEXT,
  document TEXT NOT NULL,
  owner TEXT NOT NULL,
  actor TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  modified_at INTEGER NOT NULL,
  UNIQUE (workspace_id, kind, name, version)
) STRICT;
CREATE INDEX assets_by_age ON assets(workspace_id, kind, name, id);

CREATE TABLE asset_labels (
  workspace_id INTEGER NOT NULL REFERENCES workspaces(id),
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  label TEXT NOT NULL,
  asset_id INTEGER NOT NULL REFERENCES assets(id),
  PRIMARY KEY (workspace_id, kind, name, label)
) STRICT, WITHOUT ROWID;
CREATE INDEX asset_labels_by_asset ON asset_labels(asset_id);

CREATE TABLE lineage (
  id INTEGER PRIMARY KEY,
  workspace_id INTEGER NOT NULL REFERENCES workspaces(id),
  job TEXT NOT NULL,
  direction TEXT NOT NULL CHECK (direction IN ('input', 'output')),
  port TEXT NOT NULL,
  asset_id INTEGER REFERENCES assets(id),
  digest TEXT,
  uri TEXT NOT NULL,
  owner TEXT NOT NULL,
  actor TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (workspace_id, job, direction, port)
) STRICT;
CREATE INDEX lineage_by_asset ON lineage(asset_id, id) WHERE asset_id IS NOT NULL;
CREATE INDEX lineage_by_digest ON lineage(workspace_id, digest, id) WHERE direction = 'output';
`;
