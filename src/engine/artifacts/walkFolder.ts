import { opendir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";

export interface FoundFile {
  /** Relative to the folder that was walked, with `/`. */
  path: string;
  /** Where its bytes are: no link. */
  source: string;
  bytes: number;
}

/**
 * The regular files below a folder. A link to a file counts as that file; links to folders and everything that is no
 * file (pipes, sockets, devices) are passed by.
 */
export async function* walkFolder(root: string, below = ""): AsyncGenerator<FoundFile> {
  for await (const entry of await opendir(join(root, below))) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    const source = join(root, path);
    if (entry.isDirectory()) yield* walkFolder(root, path);
    else if (entry.isFile() || entry.isSymbolicLink()) {
      const found = await stat(source).catch(() => null);
      if (!found?.isFile()) continue;
      yield { path, source: entry.isFile() ? source : await realpath(source), bytes: found.size };
    }
  }
}
