import { createHash } from "node:crypto";
import { closeSync, constants, fchmodSync, mkdirSync, openSync, readdirSync, readSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { slipwayError } from "#contract/errors.ts";
import { readPacked, type PackedAt } from "#engine/store/packs.ts";
import type { OnFile } from "./onFile.ts";

/** A file to be made, and where its bytes are. */
export interface LaidFile {
  path: string;
  executable: boolean;
  sha256: string;
  at: PackedAt | { blob: string };
}

export interface LayOutRequest {
  packs: string;
  /** An empty or absent folder. */
  to: string;
  files: LaidFile[];
  /** Files that nobody may write; root may all the same. */
  readOnly: boolean;
}

const chunkSize = 1024 * 1024;

/**
 * Makes the files of a tree in an empty folder, each checked against its hash. Nothing is ever made outside: names are
 * checked, files are opened exclusively and without following links. Runs in a worker: it is synchronous.
 */
export function layOut(request: LayOutRequest, onFile?: OnFile): { bytes: number } {
  mkdirSync(request.to, { recursive: true });
  if (readdirSync(request.to).length > 0) {
    throw slipwayError("conflict", `${request.to} is not empty.`);
  }
  const made = new Set<string>([request.to]);
  let bytes = 0;
  for (const [index, file] of request.files.entries()) {
    const target = join(request.to, safePath(file.path));
    makeFolder(dirname(target), made);
    const mode = (file.executable ? 0o755 : 0o644) & (request.readOnly ? 0o555 : 0o777);
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const output = openSync(target, flags, mode);
    try {
      bytes +=
        "blob" in file.at ? copyBlob(file.at.blob, output, file.sha256) : copyPacked(request.packs, file, output);
      fchmodSync(output, mode);
    } finally {
      closeSync(output);
    }
    onFile?.(index + 1, bytes);
  }
  return { bytes };
}

/** A relative path without `.`, `..`, empty parts or NUL. Throws `path-outside`. */
function safePath(path: string): string {
  const parts = path.split("/");
  if (path.includes("\0") || parts.some((part) => part === "" || part === "." || part === "..")) {
    throw slipwayError("path-outside", `The path ${JSON.stringify(path)} leads out of its folder.`);
  }
  return path;
}

function makeFolder(folder: string, made: Set<string>): void {
  if (made.has(folder)) return;
  makeFolder(dirname(folder), made);
  mkdirSync(folder);
  made.add(folder);
}

function copyPacked(packs: string, file: LaidFile, output: number): number {
  const content = readPacked(packs, file.at as PackedAt, file.sha256);
  for (let done = 0; done < content.length;) done += writeSync(output, content, done);
  return content.length;
}

function copyBlob(path: string, output: number, sha256: string): number {
  let input: number;
  try {
    input = openSync(path, constants.O_RDONLY);
  } catch (cause) {
    throw slipwayError("blob-corrupt", `The stored file ${path} is missing.`, {
      next: "Restore it from a backup, or make it again.",
      details: { path },
      cause,
    });
  }
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(chunkSize);
  let bytes = 0;
  try {
    for (let count = readSync(input, buffer); count > 0; count = readSync(input, buffer)) {
      const chunk = buffer.subarray(0, count);
      hash.update(chunk);
      for (let done = 0; done < count;) done += writeSync(output, chunk, done);
      bytes += count;
    }
  } finally {
    closeSync(input);
  }
  if (hash.digest("hex") !== sha256) {
    throw slipwayError("blob-corrupt", `The stored file ${path} does not match its hash.`, {
      next: "Restore it from a backup, or make it again.",
      details: { path },
    });
  }
  return bytes;
}
