import type { Readable } from "node:stream";
import type { Clock } from "#base/clock.ts";
import { slipwayError } from "#contract/errors.ts";
import { batchFileBytes } from "#contract/fileBatch.ts";
import type { FileEntry } from "#contract/routes/jobs.ts";
import type { ArtifactService } from "../core/ports/artifacts.ts";
import type { FileWorkers } from "../snapshots/fileTasks.ts";
import type { Blobs } from "../store/blobs.ts";
import { packLimit } from "../store/packs.ts";
import type { Store } from "../store/store.ts";
import { mediaType } from "../tracking/mediaTypes.ts";
import { StoredFiles, type StoredFile } from "./storedFiles.ts";
import { walkFolder, type FoundFile } from "./walkFolder.ts";

interface RunKey {
  workspace: string;
  /** MLflow's run_id, which is the job's name. */
  name: string;
}

/** A file whose bytes are stored, by the path that it was given with. */
export interface StoredRow {
  path: string;
  sha256: string;
  bytes: number;
}

export interface FolderProgress {
  (done: { files: number; bytes: number }): void;
}

/** Files in one step of {@link Artifacts.addFolder}: rows in one commit, small files in a few packs. */
const stepFiles = 2000;

/** Small files that are read in one go: so much is held in memory for a reply. */
const readAtOnce = { files: 500, bytes: 8 * 1024 * 1024 };

/** Files of runs: what MLflow calls artifacts, and the outputs of jobs under `named-outputs/`. */
export class Artifacts implements ArtifactService {
  readonly #store: Store;
  readonly #blobs: Blobs;
  readonly #workers: FileWorkers;
  readonly #clock: Clock;
  readonly #packs: string;
  readonly #files: StoredFiles;

  constructor(options: { store: Store; blobs: Blobs; workers: FileWorkers; clock: Clock; packs: string }) {
    this.#store = options.store;
    this.#blobs = options.blobs;
    this.#workers = options.workers;
    this.#clock = options.clock;
    this.#packs = options.packs;
    this.#files = new StoredFiles(options);
  }

  /** Takes one file of this machine as `path` of a run. */
  async addFile(run: RunKey & { path: string; file: string }): Promise<void> {
    const root = await this.#root(run);
    const { sha256, bytes } = await this.#blobs.putFile(run.file);
    const path = joined(root, run.path);
    await this.#putRows(run.workspace, [{ path, sha256, bytes }]);
  }

  /**
   * Takes every file below `folder` as `prefix/…`. The same content again changes nothing. What was taken before a fault
   * stays. Throws `disk-full`.
   */
  async addFolder(run: RunKey & { prefix: string; folder: string; onProgress?: FolderProgress }): Promise<void> {
    const { workspace } = run;
    const root = joined(await this.#root(run), run.prefix);
    const there = await this.#store.read("artifactTree", { workspace, path: root });
    const known = new Map(there.map((file) => [file.path, file.sha256]));
    const done = { files: 0, bytes: 0 };
    let step: FoundFile[] = [];
    const take = async () => {
      await this.#addStep(workspace, root, step, known);
      done.files += step.length;
      done.bytes += step.reduce((sum, file) => sum + file.bytes, 0);
      run.onProgress?.({ ...done });
      step = [];
    };
    for await (const file of walkFolder(run.folder)) {
      step.push(file);
      if (step.length >= stepFiles) await take();
    }
    if (step.length > 0) await take();
  }

  /** What lies in a folder of a run (`""` is its root), or everything below it. Paths are relative to that folder. */
  async list(run: RunKey & { path: string; recursive: boolean }): Promise<FileEntry[]> {
    const { workspace } = run;
    const folder = joined(await this.#root(run), run.path);
    if (!run.recursive) {
      const files = await this.#store.read("artifactFolder", { workspace, path: folder });
      return files.map(({ name, isFolder, bytes, sha256 }) => ({ path: name, is_dir: isFolder, bytes, sha256 }));
    }
    const files = await this.#store.read("artifactTree", { workspace, path: folder });
    return files.map(({ path, bytes, sha256 }) => ({
      path: path.slice(folder.length + 1),
      is_dir: false,
      bytes,
      sha256,
    }));
  }

  /** One file of a run. Throws `not-found`; a damaged file fails as `blob-corrupt` at its end. */
  async open(run: RunKey & { path: string }): Promise<{ stream: Readable; bytes: number; contentType: string }> {
    const path = joined(await this.#root(run), run.path);
    const file = await this.#store.read("artifact", { workspace: run.workspace, path });
    if (file === null || file === "folder") {
      throw slipwayError("not-found", `The job ${run.name} has no file ${run.path}${file ? ": it is a folder" : ""}.`);
    }
    return { stream: await this.#files.open(file), bytes: file.bytes, contentType: mediaType(path) };
  }

  async *readSmall(run: RunKey, paths: readonly string[]): AsyncGenerator<{ path: string; content: Buffer | null }[]> {
    const folder = await this.#root(run);
    const found = await this.#store.read("artifactsAt", { workspace: run.workspace, folder, paths: [...paths] });
    for (const step of stepsOf(paths, found)) {
      const wanted = step.flatMap(({ file }) => (file ? [file] : []));
      const { contents } = await this.#workers.run("readStored", {
        packs: this.#packs,
        files: wanted.map(({ sha256, packed }) => ({ sha256, at: packed ?? { blob: this.#blobs.path(sha256) } })),
      });
      let next = 0;
      yield step.map(({ path, file }) => {
        const content = file ? contents[next++] : null;
        return { path, content: content ? Buffer.from(content.buffer, content.byteOffset, content.length) : null };
      });
    }
  }

  /**
   * Stores the bytes of files without naming them yet: the rows are the caller's to write, in its own transaction.
   * `known` are hashes that are stored already.
   */
  async keep(files: readonly FoundFile[], known: readonly string[] = []): Promise<StoredRow[]> {
    const small = files.filter((file) => file.bytes <= packLimit);
    const large = files.filter((file) => file.bytes > packLimit);
    const rows: StoredRow[] = [];
    if (small.length > 0) {
      const sources = small.map((file) => file.source);
      const request = { root: this.#packs, sources, known: [...known] };
      const { contents, packs } = await this.#workers.run("packFiles", request);
      await this.#store.write("addPacks", { packs, now: this.#clock.now() });
      for (const [index, file] of small.entries()) rows.push({ path: file.path, ...at(contents, index) });
    }
    for (const file of large) rows.push({ path: file.path, ...(await this.#blobs.putFile(file.source)) });
    return rows;
  }

  async #addStep(
    workspace: string,
    root: string,
    files: readonly FoundFile[],
    known: ReadonlyMap<string, string>,
  ): Promise<void> {
    const before = files.map((file) => known.get(joined(root, file.path))).filter((sha256) => sha256 !== undefined);
    const rows = await this.keep(files, before);
    await this.#putRows(
      workspace,
      rows.map((row) => ({ ...row, path: joined(root, row.path) })),
    );
  }

  #putRows(workspace: string, files: { path: string; sha256: string; bytes: number }[]): Promise<void> {
    return this.#store.write("putArtifacts", { workspace, files, now: this.#clock.now() });
  }

  async #root({ workspace, name }: RunKey): Promise<string> {
    const root = await this.#store.read("runArtifactRoot", { workspace, name });
    if (root !== null) return root;
    throw slipwayError("not-found", `The files of the run ${name} lie outside of this engine's store.`, {
      next: "Read them with an MLflow client that can reach the place in the run's artifact_uri.",
    });
  }
}

/** Paths with their files, in groups that may be read in one go. */
function* stepsOf(
  paths: readonly string[],
  found: readonly (StoredFile | null)[],
): Generator<{ path: string; file: StoredFile | null }[]> {
  let step: { path: string; file: StoredFile | null }[] = [];
  let bytes = 0;
  for (const [index, path] of paths.entries()) {
    const stored = found[index] ?? null;
    const file = stored && stored.bytes <= batchFileBytes ? stored : null;
    step.push({ path, file });
    bytes += file?.bytes ?? 0;
    if (step.length < readAtOnce.files && bytes < readAtOnce.bytes) continue;
    yield step;
    step = [];
    bytes = 0;
  }
  if (step.length > 0) yield step;
}

function at<T>(list: readonly T[], index: number): T {
  return list[index] as T;
}

/** Joins parts of a path; empty ones and `.` fall away, `..` is refused. */
function joined(root: string, path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw slipwayError("path-outside", `The path ${path} leads out of the run's folder.`);
  return [root, ...parts].join("/");
}
