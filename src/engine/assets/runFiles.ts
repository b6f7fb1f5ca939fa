import { basename } from "node:path";
import type { ArtifactService } from "#engine/core/ports/artifacts.ts";
import type { TreeFile } from "#engine/snapshots/manifest.ts";
import type { Trees } from "#engine/snapshots/trees.ts";

/** Files as a tree of the store; `only` and the file's own hash as `digest` when it is one file. */
export interface KeptFiles {
  tree: string;
  only: string | null;
  digest: string;
  bytes: number;
}

/**
 * What a run has left below a path of its artifacts, as a tree: the bytes are in the store already and nothing is
 * copied. Undefined when it has left nothing there.
 */
export async function treeOfRun(
  services: { artifacts: ArtifactService; trees: Trees },
  run: { workspace: string; name: string; path: string },
): Promise<KeptFiles | undefined> {
  const listed = await services.artifacts.list({ ...run, recursive: true });
  const files = listed.flatMap(({ path, is_dir, bytes, sha256 }): TreeFile[] => {
    const inside = insideOf(run.path, path);
    return is_dir || sha256 === null || inside === null ? [] : [{ path: inside, executable: false, bytes, sha256 }];
  });
  const [first] = files;
  if (!first) return undefined;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (files.length === 1 && first.path === "") {
    const only = basename(run.path);
    const { digest: tree } = await services.trees.adopt([{ ...first, path: only }]);
    return { tree, only, digest: first.sha256, bytes };
  }
  const { digest } = await services.trees.adopt(files);
  return { tree: digest, only: null, digest, bytes };
}

/** The path relative to the folder that was asked for; empty when it is the path itself. */
function insideOf(folder: string, path: string): string | null {
  if (folder === "") return path;
  if (path === folder) return "";
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : null;
}
