/** Views of the runs table that people have saved: filter, order and columns as JSON, under a name in a workspace. */
export const runViewsSchema = `
CREATE TABLE run_views (
  workspace_id INTEGER NOT NULL REFERENCES workspaces(id),
  name         TEXT NOT NULL,
  view         TEXT NOT NULL,
  owner        TEXT NOT NULL,
  actor        TEXT NOT NULL,
  modified_at  INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, name)
) WITHOUT ROWID;
`;
