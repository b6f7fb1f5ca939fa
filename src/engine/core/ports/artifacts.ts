import type { Readable } from "node:stream";
import type { FileEntry } from "#contract/routes/jobs.ts";

/** What jobs ask of the artifact store of runs. */
export interface ArtifactService {
  /** Takes every file below `folder` (of this machine) as `prefix/…`. The same content again changes nothing. */
  addFolder(run: { workspace: string; name: string; prefix: string; folder: string }): Promise<void>;
  list(run: { workspace: string; name: string; path: string; recursive: boolean }): Promise<FileEntry[]>;
  /** Small files, in the order asked, some at a time; null for one that is large, not there or damaged. */
  readSmall(
    run: { workspace: string; name: string },
    paths: readonly string[],
  ): AsyncIterable<{ path: string; content: Buffer | null }[]>;
  open(run: { workspace: string; name: string; path: string }): Promise<{
    stream: Readable;
    bytes: number;
    contentType: string;
  }>;
}
