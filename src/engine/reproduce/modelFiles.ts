import { text } from "node:stream/consumers";
import type { FileEntry } from "#contract/routes/jobs.ts";
import type { StoredFiles } from "../artifacts/storedFiles.ts";
import type { Store } from "../store/store.ts";

/** Lines of MLflow's `MLmodel` that name the run or the time, and so are never the same twice. */
const ofTheRun = /^(?:run_id|model_id|model_uuid|utc_time_created|artifact_path|model_size_bytes):/u;

/** Larger ones were not written by MLflow. */
const largestBytes = 1024 * 1024;

/** A file that a run has left, and its place in the workspace's artifact root. */
export interface LeftFile extends FileEntry {
  at: string;
}

/** Descriptions of models that both runs have and that say the same but for the run and the time. */
export async function alikeModels(
  workspace: string,
  original: readonly LeftFile[],
  reproduction: readonly LeftFile[],
  { store, files }: { store: Store; files: Pick<StoredFiles, "open"> },
): Promise<Set<string>> {
  const before = new Map(original.filter(isDescription).map((file) => [file.path, file]));
  const read = async ({ at }: LeftFile): Promise<string | null> => {
    const stored = await store.read("artifact", { workspace, path: at });
    return stored === null || stored === "folder" ? null : lasting(await text(await files.open(stored)));
  };
  const alike = new Set<string>();
  for (const made of reproduction.filter(isDescription)) {
    const then = before.get(made.path);
    if (!then || then.sha256 === made.sha256) continue;
    const [a, b] = await Promise.all([read(then), read(made)]);
    if (a !== null && a === b) alike.add(made.path);
  }
  return alike;
}

function isDescription({ path, bytes }: LeftFile): boolean {
  return /(?:^|\/)MLmodel$/u.test(path) && bytes <= largestBytes;
}

function lasting(description: string): string {
  return description
    .split("\n")
    .filter((line) => !ofTheRun.test(line))
    .join("\n");
}
