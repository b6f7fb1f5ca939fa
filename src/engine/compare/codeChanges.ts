import type { Difference } from "#contract/routes/compare.ts";
import type { FileEntry } from "#contract/routes/jobs.ts";

type CodeFile = Difference["code"]["files"][number];

/** Files that differ by content, sorted by path. */
export function codeChanges(from: readonly FileEntry[], to: readonly FileEntry[]): CodeFile[] {
  const files = (entries: readonly FileEntry[]) =>
    new Map(entries.filter((entry) => !entry.is_dir).map((entry) => [entry.path, entry]));
  const [before, after] = [files(from), files(to)];
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((path): CodeFile[] => {
    const [old, now] = [before.get(path), after.get(path)];
    if (old?.sha256 === now?.sha256) return [];
    const change = old === undefined ? "added" : now === undefined ? "removed" : "changed";
    return [{ path, change, from_bytes: old?.bytes ?? null, to_bytes: now?.bytes ?? null }];
  });
}
