import type { Db } from "../database.ts";
import { pathOfLocation } from "./artifactRows.ts";

/** A folder in a workspace's artifact root. */
export interface RunFolder {
  workspaceId: number;
  folder: string;
}

/** Where some runs and the models that they logged have their files; a location elsewhere (s3 …) is left out. */
export function foldersOfRuns(db: Db, ids: readonly number[]): RunFolder[] {
  const list = JSON.stringify(ids);
  const places = db.all<{ workspace_id: number; uri: string }>(
    `SELECT workspace_id, artifact_uri AS uri FROM runs WHERE id IN (SELECT value FROM json_each($list))
     UNION ALL SELECT m.workspace_id, m.artifact_uri FROM runs r JOIN logged_models m
       ON m.workspace_id = r.workspace_id AND m.source_run_id = r.name WHERE r.id IN (SELECT value FROM json_each($list))`,
    { list },
  );
  return places.flatMap(({ workspace_id: workspaceId, uri }) => {
    const folder = pathOfLocation(uri);
    return folder ? [{ workspaceId, folder }] : [];
  });
}
