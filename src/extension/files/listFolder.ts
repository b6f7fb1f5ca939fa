import type { FileEntry } from "#contract/routes/jobs.ts";
import type { Session } from "../session.ts";
import type { RunFile } from "./runUri.ts";

/** The entries of a folder of a job's artifacts or submitted code, with paths from the root of those. Folders come first. */
export async function listFolder(session: Session, { job, root, path }: RunFile): Promise<FileEntry[]> {
  const client = await session.client();
  const params = { workspace: session.workspace, name: job };
  if (root === "code") return childrenOf(await client.listSnapshot({ params }), path);
  const entries = await client.listArtifacts({ params, query: { path } });
  return entries.map((entry) => ({ ...entry, path: path === "" ? entry.path : `${path}/${entry.path}` }));
}

/** The entries of one folder out of a flat list of files. */
function childrenOf(entries: readonly FileEntry[], folder: string): FileEntry[] {
  const prefix = folder === "" ? "" : `${folder}/`;
  const found = new Map<string, FileEntry>();
  for (const entry of entries) {
    if (!entry.path.startsWith(prefix)) continue;
    const [head = "", ...rest] = entry.path.slice(prefix.length).split("/");
    const path = `${prefix}${head}`;
    if (rest.length === 0) found.set(path, entry);
    else if (!found.has(path)) found.set(path, { path, is_dir: true, bytes: 0, sha256: null });
  }
  return [...found.values()].sort((a, b) => Number(b.is_dir) - Number(a.is_dir) || a.path.localeCompare(b.path));
}
