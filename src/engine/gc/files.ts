import { lstat, readdir, realpath, rm } from "node:fs/promises";
import { dirname, join, sep } from "node:path";

/** How many of one sort of thing, and their bytes. */
export interface Tally {
  what: string;
  count: number;
  bytes: number;
}

/** What lies `depth` levels below a folder, of those that fit. Nothing when the folder is not there. */
export async function* filesBelow(
  folder: string,
  filter: { depth: number; olderThan?: number; ending?: string; named?: readonly string[] },
): AsyncGenerator<string> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (filter.depth > 1) {
      if (entry.isDirectory()) yield* filesBelow(path, { ...filter, depth: filter.depth - 1 });
      continue;
    }
    if (filter.ending !== undefined && !entry.name.endsWith(filter.ending)) continue;
    if (filter.named !== undefined && !filter.named.includes(entry.name)) continue;
    if (filter.olderThan === undefined || (await modifiedAt(path)) < filter.olderThan) yield path;
  }
}

async function modifiedAt(path: string): Promise<number> {
  return (await lstat(path).catch(() => undefined))?.mtimeMs ?? Number.POSITIVE_INFINITY;
}

/** Bytes of a file, or of all files below a folder. Links count as nothing and are not followed. */
export async function sizeOf(path: string): Promise<number> {
  const stats = await lstat(path).catch(() => undefined);
  if (!stats) return 0;
  if (stats.isFile()) return stats.size;
  if (!stats.isDirectory()) return 0;
  let bytes = 0;
  for (const name of await readdir(path).catch(() => [])) bytes += await sizeOf(join(path, name));
  return bytes;
}

/** Removes a file or folder that must lie below `within`. */
export async function removePath(path: string, within: string): Promise<void> {
  const folder = await realpath(dirname(path)).catch(() => undefined);
  if (folder === undefined) return;
  // A home may be reached by a link as well.
  const root = await realpath(within);
  if (folder !== root && !folder.startsWith(root + sep)) throw new Error(`${path} is not below ${within}`);
  await rm(path, { recursive: true, force: true });
}
