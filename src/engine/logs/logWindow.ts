import type { LogWindow } from "#contract/routes/jobs.ts";
import { lineEnds, STRIDE } from "./lineIndex.ts";
import type { LogFile } from "./logFile.ts";

const LINE_FEED = 10;

/**
 * The last bytes and lines before `before` (the end by default), cut at line ends. A line longer than the window is cut
 * inside, at a character. Costs the window and one stride, never the log.
 */
export async function readWindow(
  log: LogFile,
  limits: { bytes: number; lines: number; before?: number | undefined },
): Promise<Omit<LogWindow, "complete">> {
  const size = log.bytes;
  const end = Math.min(limits.before ?? size, size);
  const from = Math.max(0, end - limits.bytes);
  const buffer = Buffer.allocUnsafe(end - from);
  let filled = 0;
  while (filled < buffer.length) {
    const got = await log.read(buffer.subarray(filled), buffer.length - filled, from + filled);
    if (got === 0) break;
    filled += got;
  }
  const bytes = buffer.subarray(0, filled);
  const cut = Math.max(from > 0 ? lineStart(bytes) : 0, lastLines(bytes, limits.lines));
  const start = from + cut;
  return {
    text: bytes.toString("utf8", cut),
    start_offset: start,
    start_line: await lineAt(log, start),
    end_offset: from + filled,
    bytes: size,
  };
}

/** Number (0-based) of the line that `offset` lies in. */
async function lineAt(log: LogFile, offset: number): Promise<number> {
  const known = log.index.before(offset);
  const buffer = Buffer.allocUnsafe(STRIDE);
  let { lines } = known;
  let at = known.offset;
  while (at < offset) {
    const got = await log.read(buffer, Math.min(STRIDE, offset - at), at);
    if (got === 0) break;
    lines += lineEnds(buffer, 0, got);
    at += got;
  }
  return lines;
}

/** Where the first whole line begins; inside a line that fills everything, where the first whole character does. */
function lineStart(bytes: Buffer): number {
  const end = bytes.indexOf(LINE_FEED);
  if (end >= 0 && end + 1 < bytes.length) return end + 1;
  let at = 0;
  while (at < 3 && at < bytes.length && ((bytes[at] as number) & 0xc0) === 0x80) at++;
  return at;
}

/** Where the last `count` lines begin. A trailing piece without a line end counts as a line. */
function lastLines(bytes: Buffer, count: number): number {
  if (count === 0) return bytes.length;
  let at = bytes.length - 1;
  for (let left = count; at >= 0; left--) {
    at = at === 0 ? -1 : bytes.lastIndexOf(LINE_FEED, at - 1);
    if (left === 1) return at + 1;
  }
  return 0;
}
