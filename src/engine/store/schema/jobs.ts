/**
 * Jobs, their attempts on targets, and every status change with its evidence. A job is a run with more to it, so its
 * key is the run's. Times are milliseconds since the epoch.
 */
export const jobsSchema = `
CREATE TABLE jobs (
  run_id INTEGER PRIMARY KEY REFERENCES runs(id),
  workspace_id INTEGER NOT NULL REFERENCES workspaces(id),
  name TEXT NOT NULL,
  owner TEXT NOT NULL,
  actor TEXT NOT NULL,
  type TEXT NOT NULL,
  status TEXT NOT NULL,
  request_digest TEXT NOT NULL,
  display_name TEXT NOT NULL,
  experiment_name TEXT NOT NULL,
  description TEXT,
  compute TEXT NOT NULL,
  parent_name TEXT,
  source_file TEXT,
  tags TEXT NOT NULL,
  properties TEXT NOT NULL,
  /* The document as it was understood, and what was decided at submit (see core/jobPlan.ts). */
  plan TEXT NOT NULL,
  priority INTEGER NOT NULL,
  cpus REAL NOT NULL,
  memory_bytes INTEGER NOT NULL,
  gpu_count INTEGER NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 0,
  lease TEXT,
  cancel_requested INTEGER NOT NULL DEFAULT 0,
  archived INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  modified_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  exit_code INTEGER,
  error TEXT,
  environment_key TEXT,
  environment_lock TEXT,
  inputs TEXT NOT NULL,
  outputs TEXT NOT NULL,
  warnings TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE UNIQUE INDEX jobs_by_name ON jobs(workspace_id, name);
CREATE INDEX jobs_by_age ON jobs(workspace_id, archived, run_id);
CREATE INDEX jobs_unfinished ON jobs(compute, priority DESC, run_id) WHERE ended_at IS NULL;

CREATE TABLE job_attempts (
  run_id INTEGER NOT NULL REFERENCES jobs(run_id),
  attempt INTEGER NOT NULL,
  compute TEXT NOT NULL,
  folder TEXT NOT NULL,
  marker TEXT NOT NULL,
  gpus TEXT NOT NULL,
  /* Where on the target the command writes its outputs to (JSON: name to path). */
  output_paths TEXT NOT NULL DEFAULT '{}',
  created_at INTEGER NOT NULL,
  launched_at INTEGER,
  /* Bytes taken over from the target; log offsets are the sizes of the engine's copies. */
  journal_offset INTEGER NOT NULL DEFAULT 0,
  samples_offset INTEGER NOT NULL DEFAULT 0,
  exit TEXT,
  PRIMARY KEY (run_id, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE job_changes (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES jobs(run_id),
  attempt INTEGER NOT NULL,
  at INTEGER NOT NULL,
  from_status TEXT,
  to_status TEXT NOT NULL,
  actor TEXT NOT NULL,
  evidence TEXT NOT NULL
) STRICT;
CREATE INDEX job_changes_by_run ON job_changes(run_id, id);
`;
