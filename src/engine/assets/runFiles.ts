import { basename, dirname } from "node:path";
import type { FileEntry } from "#contract/routes/jobs.ts";
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
 * copied. Undefined when it has left nothing there; with `mayBeEmpty` that is an empty folder.
 */
export async function treeOfRun(
  services: { artifacts: ArtifactService; trees: Trees },
  run: { workspace: string; name: string; path: string; mayBeEmpty?: boolean | undefined },
): Promise<KeptFiles | undefined> {
  const path = run.path.replace(/\/+$/, "");
  const listed = await services.artifacts.list({ ...run, path, recursive: true });
  const files = listed.flatMap((entry): TreeFile[] => treeFile(entry, entry.path));
  if (files.length > 0) {
    const { digest, bytes } = await services.trees.adopt(files);
    return { tree: digest, only: null, digest, bytes };
  }
  const only = basename(path);
  const folder = dirname(path) === "." ? "" : dirname(path);
  const beside = await services.artifacts.list({ ...run, path: folder, recursive: false });
  const [file] = beside.flatMap((entry) => (entry.path === only ? treeFile(entry, only) : []));
  if (!file) {
    if (run.mayBeEmpty !== true) return undefined;
    const { digest } = await services.trees.adopt([]);
    return { tree: digest, only: null, digest, bytes: 0 };
  }
  const { digest: tree } = await services.trees.adopt([file]);
  return { tree, only, digest: file.sha256, bytes: file.bytes };
}

function treeFile(entry: FileEntry, path: string): TreeFile[] {
  if (entry.is_dir || entry.sha256 === null || path === "") return [];
  return [{ path, executable: false, bytes: entry.bytes, sha256: entry.sha256 }];
}
