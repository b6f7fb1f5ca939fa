import type { SecretFinding } from "./secrets.ts";

/** A file that would be sent. */
export interface ScannedFile {
  /** Relative to the snapshot's root, with `/`. */
  path: string;
  /** Where its bytes are read. A link has been followed already. */
  source: string;
  bytes: number;
  executable: boolean;
  /** Size, times and inode: the same stamp is the same content. */
  stamp: string;
  /** Absent for a large file that no freeze has read yet. */
  sha256: string | null;
}

export interface SkippedPath {
  /** A folder ends with `/` and stands for everything in it. */
  path: string;
  rule: string;
}

/** What a code folder holds, under which rules, and what must be asked before it is sent. */
export interface CodeScan {
  /** Real path of the folder, or of the folder of the one file; null for a job without code. */
  root: string | null;
  files: ScannedFile[];
  bytes: number;
  skipped: SkippedPath[];
  parentIgnored: SkippedPath[];
  secrets: (SecretFinding & { path: string })[];
  needs: { answer: "allow_home" | "allow_secrets"; question: string }[];
  /** Reasons that no answer lifts: links that lead out of the folder, two files for one path. */
  refusals: string[];
}

/** An entry of a component's `additional_includes`: it lands beside the code under its own name. */
export interface Include {
  source: string;
  target: string;
}

/** What a scan in the worker needs. */
export interface ScanRequest {
  root: string;
  /** There are only includes: `root` itself is not walked. */
  codeless: boolean;
  includes: Include[];
  skipParentIgnored: boolean;
  findSecrets: boolean;
  /** See `WalkOptions.followOutside`. */
  followOutside: boolean;
  /** Read nothing, and only say how much there is, when there is more. */
  maxBytes: number | null;
  /** Folders that are never part of a snapshot (the engine's own home). */
  excluded: string[];
  /** The last scan's {@link FileMemory} as JSON. */
  memory: string | null;
}

export interface ScanAnswer {
  root: string;
  files: ScannedFile[];
  skipped: SkippedPath[];
  parentIgnored: SkippedPath[];
  secrets: (SecretFinding & { path: string })[];
  refusals: string[];
  /** Bytes of all files; `files` is empty when they are more than was allowed. */
  bytes: number;
  tooLarge: boolean;
  /** To be kept for the next scan; null when nothing has changed. */
  memory: string | null;
}

/** What earlier scans found out, by path: stamp, hash (empty = not read), findings. */
export type FileMemory = Record<string, [stamp: string, sha256: string, secrets: SecretFinding[]]>;
