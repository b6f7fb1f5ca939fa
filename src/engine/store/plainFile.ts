import { closeSync, constants, createReadStream, fstatSync, openSync, readFileSync, type ReadStream } from "node:fs";

/** What was a regular file when it was found may be a link or a pipe by now: neither is followed or waited for. */
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The bytes of a regular file, by its resolved path. Throws ELOOP for a link in its place. */
export function readPlainFile(path: string): Buffer {
  const file = openPlain(path);
  try {
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** As {@link readPlainFile}, a piece at a time. */
export function streamPlainFile(path: string): ReadStream {
  return createReadStream(path, { fd: openPlain(path) });
}

function openPlain(path: string): number {
  const file = openSync(path, flags);
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw Object.assign(new Error(`${path} is no regular file any more.`), { code: "EINVAL" });
}
