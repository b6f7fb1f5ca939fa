import type { Db } from "../database.ts";
import type { PackedAt } from "../packs.ts";
import type { QueryTable } from "../table.ts";
import { snapshotQueries } from "./snapshots.ts";
import {
  findArtifact,
  isFolder,
  listFolder,
  listTree,
  pathOfLocation,
  type ArtifactRow,
  type ListedFile,
} from "../tracking/artifactRows.ts";
import { workspaceId } from "../tracking/context.ts";
import { runOf } from "../tracking/runs.ts";

export const artifactQueries = {
  /** A file by its path in the workspace's artifact root, or what stands there instead. */
  artifact(
    db: Db,
    args: { workspace: string; path: string },
  ): (ArtifactRow & { packed: PackedAt | null }) | "folder" | null {
    const workspace = workspaceId(db, args.workspace);
    const file = findArtifact(db, workspace, args.path);
    if (file) {
      const [packed] = snapshotQueries.locatePacked(db, { hashes: Buffer.from(file.sha256, "hex") });
      return { ...file, packed: packed ?? null };
    }
    return isFolder(db, workspace, args.path) ? "folder" : null;
  },

  /** Files by their paths below a folder, in the order asked; null where there is none. */
  artifactsAt(
    db: Db,
    args: { workspace: string; folder: string; paths: readonly string[] },
  ): ((ArtifactRow & { packed: PackedAt | null }) | null)[] {
    const workspace = workspaceId(db, args.workspace);
    return args.paths.map((path) => {
      const file = findArtifact(db, workspace, `${args.folder}/${path}`);
      if (!file) return null;
      const [packed] = snapshotQueries.locatePacked(db, { hashes: Buffer.from(file.sha256, "hex") });
      return { ...file, packed: packed ?? null };
    });
  },

  /** What lies directly in a folder. */
  artifactFolder(db: Db, args: { workspace: string; path: string }): ListedFile[] {
    return listFolder(db, workspaceId(db, args.workspace), args.path);
  },

  /** Every file under a folder. */
  artifactTree(db: Db, args: { workspace: string; path: string }): ArtifactRow[] {
    return listTree(db, workspaceId(db, args.workspace), args.path);
  },

  /** Where a run's files lie in the workspace's artifact root; null when they lie elsewhere. */
  runArtifactRoot(db: Db, args: { workspace: string; name: string }): string | null {
    return pathOfLocation(runOf(db, workspaceId(db, args.workspace), args.name).artifact_uri);
  },

  /** The blobs that artifacts refer to, for the collection of those that nothing does. */
  artifactBlobs(db: Db, _args: Record<string, never>): string[] {
    return db.all<{ sha256: string }>("SELECT DISTINCT sha256 FROM artifacts").map((row) => row.sha256);
  },
} satisfies QueryTable;
