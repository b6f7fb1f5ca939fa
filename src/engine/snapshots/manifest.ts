import type { FileEntry } from "#contract/routes/jobs.ts";

/** A file of a frozen tree. */
export interface TreeFile {
  /** Relative, with `/`. */
  path: string;
  executable: boolean;
  bytes: number;
  sha256: string;
}

/**
 * The canonical text of a tree: what its digest is computed over. Sorted by path, one file a line, so that equal trees
 * have equal digests on every machine.
 */
export function manifestText(files: readonly TreeFile[]): string {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const lines = sorted.map((file) => JSON.stringify([file.path, file.executable ? 1 : 0, file.bytes, file.sha256]));
  return `slipway tree 1\n${lines.join("\n")}\n`;
}

export function parseManifest(text: string): TreeFile[] {
  const lines = text.split("\n");
  if (lines[0] !== "slipway tree 1") throw new Error(`Not a tree manifest: ${JSON.stringify(lines[0]?.slice(0, 40))}`);
  return lines
    .slice(1)
    .filter((line) => line !== "")
    .map((line) => {
      const [path, executable, bytes, sha256] = JSON.parse(line) as [string, number, number, string];
      return { path, executable: executable === 1, bytes, sha256 };
    });
}

/** Files and the folders they imply, sorted by path, as the editor's read-only file system shows them. */
export function fileEntries(files: readonly TreeFile[]): FileEntry[] {
  const entries = new Map<string, FileEntry>();
  for (const file of files) {
    for (let slash = file.path.indexOf("/"); slash >= 0; slash = file.path.indexOf("/", slash + 1)) {
      const path = file.path.slice(0, slash);
      if (!entries.has(path)) entries.set(path, { path, is_dir: true, bytes: 0, sha256: null });
    }
    entries.set(file.path, { path: file.path, is_dir: false, bytes: file.bytes, sha256: file.sha256 });
  }
  return [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
