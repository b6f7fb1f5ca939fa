import type { SlipwayClient } from "#client/index.ts";
import type { FileEntry } from "#contract/routes/jobs.ts";

/** A page shows the nearest files; the view has them all. */
const mostFolders = 10;

/** The files at the top of a run and in its first folders. A run whose files lie elsewhere has none to show. */
export async function firstFiles(
  client: SlipwayClient,
  params: { workspace: string; name: string },
): Promise<FileEntry[]> {
  const list = (path: string) => client.listArtifacts({ params, query: { path } }).catch((): FileEntry[] => []);
  const top = await list("");
  const folders = top.filter((entry) => entry.is_dir).slice(0, mostFolders);
  const below = await Promise.all(
    folders.map(async (folder) =>
      (await list(folder.path)).map((entry) => ({ ...entry, path: `${folder.path}/${entry.path}` })),
    ),
  );
  return [...top.filter((entry) => !entry.is_dir), ...below.flat().filter((entry) => !entry.is_dir)];
}
