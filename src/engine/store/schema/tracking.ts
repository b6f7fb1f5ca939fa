/**
 * Experiments, runs and what is logged to them. Names are MLflow's where it has one. Times are milliseconds since the
 * epoch. Metric points are kept in the order in which MLflow reads them, and the same point twice is one row, so that a
 * repeated call changes nothing. Tables that a training loop writes to carry no foreign keys: their run is looked up in
 * the same transaction.
 */
export const trackingSchema = `
CREATE TABLE experiments (
  id                INTEGER PRIMARY KEY,
  workspace_id      INTEGER NOT NULL REFERENCES workspaces(id),
  number            INTEGER NOT NULL,
  name              TEXT NOT NULL,
  artifact_location TEXT NOT NULL,
  lifecycle_stage   TEXT NOT NULL DEFAULT 'active' CHECK (lifecycle_stage IN ('active', 'deleted')),
  creation_time     INTEGER NOT NULL,
  last_update_time  INTEGER NOT NULL,
  owner             TEXT NOT NULL,
  actor             TEXT NOT NULL,
  UNIQUE (workspace_id, number),
  UNIQUE (workspace_id, name)
);

CREATE TRIGGER workspaces_have_a_default_experiment AFTER INSERT ON workspaces BEGIN
  INSERT INTO experiments (workspace_id, number, name, artifact_location, creation_time, last_update_time, owner, actor)
  VALUES (NEW.id, 0, 'Default', 'mlflow-artifacts:/0',
    CAST(unixepoch('subsec') * 1000 AS INTEGER), CAST(unixepoch('subsec') * 1000 AS INTEGER), 'slipway', 'slipway');
END;

CREATE TABLE experiment_tags (
  experiment_id INTEGER NOT NULL REFERENCES experiments(id) ON DELETE CASCADE,
  key           TEXT NOT NULL,
  value         TEXT NOT NULL,
  PRIMARY KEY (experiment_id, key)
) WITHOUT ROWID;

CREATE TABLE runs (
  id              INTEGER PRIMARY KEY,
  workspace_id    INTEGER NOT NULL REFERENCES workspaces(id),
  name            TEXT NOT NULL,
  experiment_id   INTEGER NOT NULL REFERENCES experiments(id),
  display_name    TEXT NOT NULL,
  user_id         TEXT NOT NULL,
  status          TEXT NOT NULL,
  start_time      INTEGER NOT NULL,
  end_time        INTEGER,
  lifecycle_stage TEXT NOT NULL DEFAULT 'active' CHECK (lifecycle_stage IN ('active', 'deleted')),
  deleted_time    INTEGER,
  artifact_uri    TEXT NOT NULL,
  parent_id       INTEGER REFERENCES runs(id),
  owner           TEXT NOT NULL,
  actor           TEXT NOT NULL,
  created_at      INTEGER NOT NULL,
  UNIQUE (workspace_id, name)
);
CREATE INDEX runs_newest ON runs (experiment_id, start_time DESC, name);
CREATE INDEX runs_without_parent ON runs (workspace_id, id) WHERE parent_id IS NULL;
CREATE INDEX runs_by_parent ON runs (parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE params (
  run_id INTEGER NOT NULL,
  key    TEXT NOT NULL,
  value  TEXT NOT NULL,
  PRIMARY KEY (run_id, key)
) WITHOUT ROWID;

CREATE TABLE tags (
  run_id INTEGER NOT NULL,
  key    TEXT NOT NULL,
  value  TEXT NOT NULL,
  PRIMARY KEY (run_id, key)
) WITHOUT ROWID;

CREATE TABLE metric_keys (
  id  INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE
);

/* A value that is not a number is the text 'NaN', which sorts after every number. */
CREATE TABLE metrics (
  run_id    INTEGER NOT NULL,
  key_id    INTEGER NOT NULL,
  timestamp INTEGER NOT NULL,
  step      INTEGER NOT NULL,
  value     REAL NOT NULL,
  PRIMARY KEY (run_id, key_id, timestamp, step, value)
) WITHOUT ROWID;

/* The point with the highest (step, timestamp, value) of each key; a value that is not a number is NULL here. */
CREATE TABLE latest_metrics (
  run_id    INTEGER NOT NULL,
  key_id    INTEGER NOT NULL,
  step      INTEGER NOT NULL,
  timestamp INTEGER NOT NULL,
  value     REAL,
  PRIMARY KEY (run_id, key_id)
) WITHOUT ROWID;

CREATE TABLE datasets (
  id            INTEGER PRIMARY KEY,
  experiment_id INTEGER NOT NULL REFERENCES experiments(id),
  name          TEXT NOT NULL,
  digest        TEXT NOT NULL,
  source_type   TEXT NOT NULL,
  source        TEXT NOT NULL,
  schema        TEXT,
  profile       TEXT,
  UNIQUE (experiment_id, name, digest)
);

CREATE TABLE run_datasets (
  run_id     INTEGER NOT NULL REFERENCES runs(id),
  dataset_id INTEGER NOT NULL REFERENCES datasets(id),
  context    TEXT,
  tags       TEXT NOT NULL,
  PRIMARY KEY (run_id, dataset_id)
) WITHOUT ROWID;

CREATE TABLE logged_models (
  id                INTEGER PRIMARY KEY,
  workspace_id      INTEGER NOT NULL REFERENCES workspaces(id),
  model_id          TEXT NOT NULL,
  experiment_id     INTEGER NOT NULL REFERENCES experiments(id),
  name              TEXT NOT NULL,
  artifact_uri      TEXT NOT NULL,
  creation_time     INTEGER NOT NULL,
  last_updated_time INTEGER NOT NULL,
  status            TEXT NOT NULL,
  lifecycle_stage   TEXT NOT NULL DEFAULT 'active' CHECK (lifecycle_stage IN ('active', 'deleted')),
  model_type        TEXT,
  source_run_id     TEXT,
  owner             TEXT NOT NULL,
  actor             TEXT NOT NULL,
  UNIQUE (workspace_id, model_id)
);
CREATE INDEX logged_models_newest ON logged_models (experiment_id, creation_time DESC, model_id);
CREATE INDEX logged_models_by_run ON logged_models (workspace_id, source_run_id) WHERE source_run_id IS NOT NULL;

CREATE TABLE logged_model_params (
  model_id INTEGER NOT NULL REFERENCES logged_models(id),
  key      TEXT NOT NULL,
  value    TEXT NOT NULL,
  PRIMARY KEY (model_id, key)
) WITHOUT ROWID;

CREATE TABLE logged_model_tags (
  model_id INTEGER NOT NULL REFERENCES logged_models(id),
  key      TEXT NOT NULL,
  value    TEXT NOT NULL,
  PRIMARY KEY (model_id, key)
) WITHOUT ROWID;

CREATE TABLE logged_model_metrics (
  model_id       INTEGER NOT NULL REFERENCES logged_models(id),
  key_id         INTEGER NOT NULL,
  timestamp      INTEGER NOT NULL,
  step           INTEGER NOT NULL,
  run_id         INTEGER NOT NULL,
  value          REAL NOT NULL,
  dataset_name   TEXT,
  dataset_digest TEXT,
  PRIMARY KEY (model_id, key_id, timestamp, step, run_id)
) WITHOUT ROWID;

CREATE TABLE run_models (
  run_id    INTEGER NOT NULL REFERENCES runs(id),
  direction TEXT NOT NULL CHECK (direction IN ('input', 'output')),
  model_id  TEXT NOT NULL,
  step      INTEGER NOT NULL,
  PRIMARY KEY (run_id, direction, model_id, step)
) WITHOUT ROWID;

/* Files of runs and logged models by their path in the workspace's artifact root; the bytes are blobs. */
CREATE TABLE artifacts (
  workspace_id INTEGER NOT NULL REFERENCES workspaces(id),
  path         TEXT NOT NULL,
  sha256       TEXT NOT NULL,
  bytes        INTEGER NOT NULL,
  modified_at  INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, path)
) WITHOUT ROWID;

/* The last call of each attempt's journal that was applied, written in the transaction that holds its effect. */
CREATE TABLE relay_progress (
  workspace_id INTEGER NOT NULL REFERENCES workspaces(id),
  job          TEXT NOT NULL,
  attempt      INTEGER NOT NULL,
  seq          INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, job, attempt)
) WITHOUT ROWID;

/* What the engine refused after the relay had answered for it: shown on the run. */
CREATE TABLE run_warnings (
  id     INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs(id),
  at     INTEGER NOT NULL,
  text   TEXT NOT NULL
);
CREATE INDEX run_warnings_by_run ON run_warnings (run_id, id);
`;
