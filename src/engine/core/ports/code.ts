import type { Readable } from "node:stream";
import type { GitState } from "#contract/entities/job.ts";
import type { Answers, Preflight } from "#contract/entities/submit.ts";
import type { FileEntry } from "#contract/routes/jobs.ts";
import type { Transport } from "#transport/transport.ts";
import type { z } from "zod";
import type { FileCount } from "../progress.ts";

/** A code folder (or file) as it stands now; `held` is the snapshot part's own and is given back to freeze. */
export interface ScannedCode {
  sheet: Preflight["code"];
  needs: Preflight["needs"];
  refusals: string[];
  held: unknown;
}

/** What jobs ask of code snapshots. */
export interface CodeService {
  /** Looks at what would be sent. `root` is a folder, one file, or null for no code. */
  scan(root: string | null, answers: z.infer<typeof Answers>): Promise<ScannedCode>;
  /** Keeps it for ever, by content; durable when this settles. */
  freeze(
    scan: ScannedCode,
    onProgress?: (count: FileCount) => void,
  ): Promise<{ digest: string; files: number; bytes: number }>;
  /** Lays the files out in an empty folder of the target. */
  materialize(request: {
    digest: string;
    to: string;
    transport: Transport;
    onProgress?: (count: FileCount) => void;
  }): Promise<void>;
  list(digest: string): Promise<FileEntry[]>;
  open(digest: string, path: string): Promise<Readable>;
  gitState(root: string): Promise<GitState | null>;
}
