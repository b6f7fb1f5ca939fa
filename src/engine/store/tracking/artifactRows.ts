import { invalidParameter } from "../../core/mlflow/fault.ts";
import type { Db } from "../database.ts";

export interface ArtifactRow {
  path: string;
  sha256: string;
  bytes: number;
}

export interface ListedFile {
  /** Relative to the folder that was listed. */
  name: string;
  isFolder: boolean;
  bytes: number;
  sha256: string | null;
}

export function findArtifact(db: Db, workspaceId: number, path: string): ArtifactRow | undefined {
  return db.get<ArtifactRow>(
    "SELECT path, sha256, bytes FROM artifacts WHERE workspace_id = ? AND path = ?",
    workspaceId,
    path,
  );
}

/** The first text after every text that begins with `prefix`. `0` follows `/`. */
function endOf(folder: string): string {
  return `${folder}0`;
}

/** Whether anything lies under `folder`. */
export function isFolder(db: Db, workspaceId: number, folder: string): boolean {
  return (
    db.get(
      "SELECT 1 FROM artifacts WHERE workspace_id = ? AND path >= ? AND path < ? LIMIT 1",
      workspaceId,
      `${folder}/`,
      endOf(folder),
    ) !== undefined
  );
}

/**
 * What lies directly in a folder, in the order of names. A subfolder is passed by in one step, however much it holds.
 * The root is `""`.
 */
export function listFolder(db: Db, workspaceId: number, folder: string): ListedFile[] {
  const prefix = folder === "" ? "" : `${folder}/`;
  const end = folder === "" ? "\u{10FFFF}" : endOf(folder);
  const rows = db.prepareCached(
    "SELECT path, sha256, bytes FROM artifacts WHERE workspace_id = ? AND path >= ? AND path < ? ORDER BY path",
  );
  const listed: ListedFile[] = [];
  let from = prefix;
  for (;;) {
    let skipTo: string | undefined;
    for (const row of rows.iterate(workspaceId, from, end) as Iterable<ArtifactRow>) {
      const rest = row.path.slice(prefix.length);
      const slash = rest.indexOf("/");
      if (slash < 0) listed.push({ name: rest, isFolder: false, bytes: row.bytes, sha256: row.sha256 });
      else {
        const name = rest.slice(0, slash);
        listed.push({ name, isFolder: true, bytes: 0, sha256: null });
        skipTo = endOf(prefix + name);
        break;
      }
    }
    if (skipTo === undefined) return listed;
    from = skipTo;
  }
}

/** Every file under a folder. */
export function listTree(db: Db, workspaceId: number, folder: string): ArtifactRow[] {
  return db.all<ArtifactRow>(
    "SELECT path, sha256, bytes FROM artifacts WHERE workspace_id = ? AND path >= ? AND path < ? ORDER BY path",
    workspaceId,
    folder === "" ? "" : `${folder}/`,
    folder === "" ? "\u{10FFFF}" : endOf(folder),
  );
}

export function putArtifactRow(db: Db, workspaceId: number, row: ArtifactRow, now: number): void {
  db.run(
    `INSERT INTO artifacts (workspace_id, path, sha256, bytes, modified_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (workspace_id, path) DO UPDATE
     SET sha256 = excluded.sha256, bytes = excluded.bytes, modified_at = excluded.modified_at`,
    workspaceId,
    row.path,
    row.sha256,
    row.bytes,
    now,
  );
}

/**
 * As {@link putArtifactRow}, for a name that a client chose. One that is a folder already, or lies below a file, is
 * refused: the files of a run could not be laid out in a folder any more.
 */
export function putNamedArtifact(db: Db, workspaceId: number, row: ArtifactRow, now: number): void {
  if (isFolder(db, workspaceId, row.path)) throw invalidParameter(`'${row.path}' is a directory already.`);
  for (let slash = row.path.lastIndexOf("/"); slash > 0; slash = row.path.lastIndexOf("/", slash - 1)) {
    const above = row.path.slice(0, slash);
    if (findArtifact(db, workspaceId, above)) throw invalidParameter(`'${above}' is a file already.`);
  }
  putArtifactRow(db, workspaceId, row, now);
}

const ownScheme = "mlflow-artifacts:";

/** The path in the workspace's artifact root that a location of ours names; null when files lie elsewhere (s3, a folder…). */
export function pathOfLocation(location: string): string | null {
  if (!location.startsWith(ownScheme)) return null;
  return location.slice(ownScheme.length).replace(/^\/+/, "").replace(/\/+$/, "");
}
