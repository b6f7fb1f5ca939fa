import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { manifestText, type TreeFile } from "./manifest.ts";
import { walkFolder } from "./walk.ts";

export interface DigestRequest {
  path: string;
  /** Give up (null) beyond these: a digest is worth knowing, not worth waiting for. */
  maxBytes: number;
  maxFiles: number;
}

/**
 * sha-256 over content: a file's own, a folder's manifest. Null when there is too much to read, or nothing.
 * Runs in a worker: it is synchronous.
 */
export function digestPath(request: DigestRequest): { digest: string; bytes: number } | null {
  const stats = statSync(request.path, { throwIfNoEntry: false });
  if (!stats) return null;
  if (stats.isFile()) {
    return stats.size > request.maxBytes ? null : { digest: hashFile(request.path), bytes: stats.size };
  }
  const { files } = walkFolder(request.path, { prefix: "", excluded: [], plain: true });
  const bytes = files.reduce((sum, file) => sum + file.stats.size, 0);
  if (files.length > request.maxFiles || bytes > request.maxBytes) return null;
  const tree: TreeFile[] = files.map((file) => ({
    path: file.path,
    executable: (file.stats.mode & 0o100) !== 0,
    bytes: file.stats.size,
    sha256: hashFile(file.source),
  }));
  return { digest: createHash("sha256").update(manifestText(tree)).digest("hex"), bytes };
}

/** See `FileTasks.stampFolder`. Empty when the folder is not there. */
export function stampFolder({ folder }: { folder: string }): string {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return "";
  const hash = createHash("sha256");
  const { files } = walkFolder(folder, { prefix: "", excluded: [], plain: true });
  for (const { path, stats } of files.sort((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(`${path}\0${stats.size},${stats.mtimeMs},${stats.ino}\n`);
  }
  return hash.digest("hex");
}

function hashFile(path: string): string {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  const file = openSync(path, "r");
  try {
    for (let count = readSync(file, buffer); count > 0; count = readSync(file, buffer)) {
      hash.update(buffer.subarray(0, count));
    }
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}
