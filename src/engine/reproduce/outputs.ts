import type { JobPort } from "#contract/entities/job.ts";
import type { FileEntry } from "#contract/routes/jobs.ts";
import type { Reproduction, ReproducedFile } from "#contract/routes/reproduce.ts";

const mostFiles = 2000;

/** What one run has left: its artifacts, and its outputs by name. */
export interface Left {
  files: readonly FileEntry[];
  outputs: Readonly<Record<string, JobPort>>;
}

/**
 * Files of two runs by content. An output that the original wrote to a place of its own is one thing: its files there may
 * be others by now, so its digest speaks for it. Logs hold times and are not compared. `alike` are files that are the same
 * although their bytes are not.
 */
export function compareOutputs(
  original: Left,
  reproduction: Left,
  alike: ReadonlySet<string> = new Set(),
): Reproduction["outputs"] {
  const placed = Object.entries(original.outputs)
    .filter(([, { path }]) => path !== undefined && !path.startsWith("azureml://jobs/"))
    .map(([name]) => name);
  const isCompared = ({ path, is_dir }: FileEntry): boolean =>
    !is_dir && !path.startsWith("logs/") && !placed.some((name) => path.startsWith(`named-outputs/${name}/`));
  const before = byPath(original.files.filter(isCompared));
  const after = byPath(reproduction.files.filter(isCompared));
  const files = [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .map((path) => pair(path, before.get(path), after.get(path)))
    .map((file) => (alike.has(file.path) ? { ...file, state: "same" as const } : file));
  for (const name of placed) {
    const [then, now] = [original.outputs[name]?.digest, reproduction.outputs[name]?.digest];
    const state = then === undefined || now === undefined ? "unknown" : then === now ? "same" : "changed";
    files.push({
      path: `named-outputs/${name}`,
      state,
      original_bytes: null,
      bytes: null,
      original_sha256: then ?? null,
      sha256: now ?? null,
    });
  }
  const differing = files.filter(({ state }) => state !== "same");
  const same = files.filter(({ state }) => state === "same");
  return { compared: files.length, differing: differing.length, files: [...differing, ...same].slice(0, mostFiles) };
}

function byPath(files: readonly FileEntry[]): Map<string, FileEntry> {
  return new Map(files.map((file) => [file.path, file]));
}

function pair(path: string, original: FileEntry | undefined, made: FileEntry | undefined): ReproducedFile {
  return {
    path,
    state: stateOf(original, made),
    original_bytes: original?.bytes ?? null,
    bytes: made?.bytes ?? null,
    original_sha256: original?.sha256 ?? null,
    sha256: made?.sha256 ?? null,
  };
}

function stateOf(original: FileEntry | undefined, made: FileEntry | undefined): ReproducedFile["state"] {
  if (!original) return "added";
  if (!made) return "missing";
  if (original.sha256 === null || made.sha256 === null) return "unknown";
  return original.sha256 === made.sha256 ? "same" : "changed";
}
