import type { Readable } from "node:stream";
import type { FileEntry } from "#contract/routes/jobs.ts";
import type { ArtifactService } from "../core/ports/artifacts.ts";
import type { LogStore } from "../logs/logStore.ts";

interface JobKey {
  workspace: string;
  name: string;
}

/** The files that a job has left: its artifacts, its outputs under `named-outputs/`, and its logs, as one tree. */
export class JobFiles {
  readonly #artifacts: ArtifactService;
  readonly #logs: LogStore;

  constructor(options: { artifacts: ArtifactService; logs: LogStore }) {
    this.#artifacts = options.artifacts;
    this.#logs = options.logs;
  }

  /** Entries of the folder `path` (relative to it), folders first; or every file below it. */
  async list(job: JobKey, path: string, recursive: boolean): Promise<FileEntry[]> {
    const [artifacts, logs] = await Promise.all([
      this.#artifacts.list({ ...job, path, recursive }),
      this.#logs.list({ workspace: job.workspace, job: job.name }),
    ]);
    const entries = new Map(artifacts.map((entry) => [entry.path, entry]));
    const prefix = path === "" ? "" : `${path.replace(/\/+$/u, "")}/`;
    for (const log of logs) {
      if (!log.path.startsWith(prefix)) continue;
      const below = log.path.slice(prefix.length);
      const folder = below.split("/")[0] as string;
      if (recursive || folder === below) {
        entries.set(below, { path: below, is_dir: false, bytes: log.bytes, sha256: null });
      } else if (!entries.has(folder)) entries.set(folder, { path: folder, is_dir: true, bytes: 0, sha256: null });
    }
    return [...entries.values()].sort((a, b) => Number(b.is_dir) - Number(a.is_dir) || (a.path < b.path ? -1 : 1));
  }

  /** One file. Throws `not-found`. */
  async open(
    job: JobKey,
    path: string,
    signal: AbortSignal,
  ): Promise<{ stream: Readable; contentType: string; bytes: number | null }> {
    const owner = { workspace: job.workspace, job: job.name };
    const logs = await this.#logs.list(owner);
    if (!logs.some((log) => log.path === path)) return this.#artifacts.open({ ...job, path });
    const stream = await this.#logs.read(owner, path, { offset: 0, follow: false, signal });
    return { stream, contentType: "text/plain; charset=utf-8", bytes: null };
  }
}
