import { randomBytes } from "node:crypto";
import { cp, lstat, mkdir, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { CodedError, errnoOf, messageOf } from "#base/errors.ts";
import { replacePath } from "../replacePath.ts";

/**
 * Copies a file or folder: written beside `to`, flushed, then renamed over it, so that a reader never meets half of it.
 * Bytes are really copied (no hard links), so that a change on one side never shows on the other. Symbolic links stay links.
 * Throws `file-not-found` when `from` does not exist and `disk-full` when there is no space; nothing is left behind then.
 */
export async function copyInto(from: string, to: string): Promise<void> {
  const temp = `${to}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const source = await lstat(from);
    await mkdir(dirname(to), { recursive: true });
    await cp(from, temp, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    if (source.isFile()) await flush(temp);
    await replacePath(temp, to);
  } catch (failure) {
    await rm(temp, { recursive: true, force: true });
    throw explained(failure, from, to);
  }
}

async function flush(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function explained(failure: unknown, from: string, to: string): unknown {
  const errno = errnoOf(failure);
  if (errno === "ENOENT") {
    return new CodedError({ code: "file-not-found", status: 400, message: `There is no ${from}`, cause: failure });
  }
  if (errno === "ENOSPC" || errno === "EDQUOT") {
    return new CodedError({
      code: "disk-full",
      status: 507,
      message: `No space left while ${from} was copied to ${to}`,
      next: "Free some space and try again.",
      cause: failure,
    });
  }
  return new CodedError({
    code: "target-fault",
    status: 502,
    message: `${from} could not be copied to ${to}: ${messageOf(failure)}`,
    cause: failure,
  });
}
