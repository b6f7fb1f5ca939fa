import { createHash } from "node:crypto";
import { globSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The sha-256 (16 hex digits) of the names and contents of all files below `folder`, in name order. */
export async function fingerprint(folder: string): Promise<string> {
  const hash = createHash("sha256");
  const files = globSync("**/*", { cwd: folder }).filter((path) => statSync(join(folder, path)).isFile());
  for (const path of files.sort()) {
    hash.update(`${path}\0`);
    hash.update(await readFile(join(folder, path)));
    hash.update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}
