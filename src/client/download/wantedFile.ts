import { createHash } from "node:crypto";
import { createReadStream, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { CodedError, messageOf } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";
import { batchFileBytes } from "#contract/fileBatch.ts";

export interface WantedFile {
  /** As the engine names it. */
  path: string;
  /** Where it goes, relative to the folder. */
  place: string;
  bytes: number;
  sha256: string | null;
}

/** Where a file goes. A name that the engine gives never leads out of the folder. Throws `path-outside`. */
export function placeBelow(folder: string, place: string): string {
  const target = join(folder, place);
  const inside = target.startsWith(folder.endsWith(sep) ? folder : folder + sep);
  if (inside && !place.split("/").includes("..") && !place.includes("\0")) return target;
  throw slipwayError("path-outside", `The job's file '${place}' would lie outside ${folder}.`);
}

/** Where a file is written before it is moved to its place. */
export function partOf(target: string): string {
  return join(dirname(target), `.${basename(target).slice(0, 100)}.${process.pid}.part`);
}

/** Whether the file is there already, with the right hash. */
export async function isThere(target: string, file: WantedFile): Promise<boolean> {
  // Asked of many small files: calls that wait are several times faster.
  const found = statSync(target, { throwIfNoEntry: false });
  if (!found?.isFile() || found.size !== file.bytes || file.sha256 === null) return false;
  const hash = createHash("sha256");
  if (found.size <= batchFileBytes) return hash.update(readFileSync(target)).digest("hex") === file.sha256;
  for await (const chunk of createReadStream(target)) hash.update(chunk as Buffer);
  return hash.digest("hex") === file.sha256;
}

export function wrongHash(path: string): CodedError {
  return slipwayError("blob-corrupt", `${path} does not match its hash after the download.`, {
    next: "Try again; if it stays, the engine's stored file is damaged.",
  });
}

/** The failure of one of many files says which. */
export function namedFailure(path: string, thrown: unknown): Error {
  const words = messageOf(thrown);
  if (words.includes(path)) return thrown as Error;
  if (thrown instanceof CodedError) return new CodedError({ ...thrown, message: `${path}: ${words}`, cause: thrown });
  return slipwayError("unavailable", `${path} could not be downloaded: the connection broke off (${words}).`, {
    next: "Try again: what is there already is kept. `slipway engine logs` says more.",
    cause: thrown,
  });
}
