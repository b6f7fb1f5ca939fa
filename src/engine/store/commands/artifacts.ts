import type { Db } from "../database.ts";
import type { CommandTable } from "../table.ts";
import { putArtifactRow, putNamedArtifact, type ArtifactRow } from "../tracking/artifactRows.ts";
import { workspaceId } from "../tracking/context.ts";

export const artifactCommands = {
  /** Names one file, as a client of the tracking API asks; its blob is durable. */
  putArtifact(db: Db, args: { workspace: string; file: ArtifactRow; now: number }): void {
    putNamedArtifact(db, workspaceId(db, args.workspace), args.file, args.now);
  },

  /** Names files whose blobs are durable. A path that is there already gets the new content. */
  putArtifacts(db: Db, args: { workspace: string; files: ArtifactRow[]; now: number }): void {
    const workspace = workspaceId(db, args.workspace);
    for (const file of args.files) putArtifactRow(db, workspace, file, args.now);
  },

  /** Forgets a file, or a folder with everything under it. Says how many files that were. */
  deleteArtifacts(db: Db, args: { workspace: string; path: string }): number {
    const { changes } = db.run(
      "DELETE FROM artifacts WHERE workspace_id = ? AND (path = ? OR (path >= ? AND path < ?))",
      workspaceId(db, args.workspace),
      args.path,
      `${args.path}/`,
      `${args.path}0`,
    );
    return changes;
  },
} satisfies CommandTable;
