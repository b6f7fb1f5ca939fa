import { createReadStream } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { StoredFile, StoredFiles } from "../../artifacts/storedFiles.ts";

/** A part of a file, both ends included; null when the header asks for none or is not understood. */
function parseRange(header: string | undefined, bytes: number): { from: number; to: number } | "bad" | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return null;
  const [, first = "", last = ""] = match;
  const from = first === "" ? Math.max(0, bytes - Number(last)) : Number(first);
  const to = first === "" || last === "" ? bytes - 1 : Math.min(Number(last), bytes - 1);
  return from > to || from >= bytes ? "bad" : { from, to };
}

/**
 * Sends a stored file, or the part that a Range asks for. A whole file is checked against its hash while it is sent, and
 * the connection is cut when it does not match, so that the client sees that it did not get the file.
 */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  files: StoredFiles,
  file: StoredFile,
  headers: Record<string, string>,
): Promise<void> {
  const range = parseRange(request.headers.range, file.bytes);
  const common = { ...headers, "x-content-type-options": "nosniff", "accept-ranges": "bytes" };
  if (range === "bad") {
    response.writeHead(416, { ...common, "content-range": `bytes */${file.bytes}`, "content-length": 0 }).end();
    return;
  }
  const length = range ? range.to - range.from + 1 : file.bytes;
  const source = range ? await openPart(files, file, range) : await files.open(file);
  response.writeHead(range ? 206 : 200, {
    ...common,
    "content-length": length,
    ...(range ? { "content-range": `bytes ${range.from}-${range.to}/${file.bytes}` } : {}),
  });
  if (request.method === "HEAD") {
    source.destroy();
    response.end();
    return;
  }
  await pipeline(source, response);
}

async function openPart(files: StoredFiles, file: StoredFile, part: { from: number; to: number }): Promise<Readable> {
  const place = await files.place(file);
  if (Buffer.isBuffer(place)) return Readable.from([place.subarray(part.from, part.to + 1)]);
  return createReadStream(place.file, { start: part.from, end: part.to });
}
