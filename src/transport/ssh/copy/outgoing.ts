import { createHash } from "node:crypto";
import { lstat, open, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { entryLine, type Entry } from "./entry.ts";

const CHUNK = 256 * 1024;

/** Where a transfer that was cut off goes on. */
export interface From {
  /** Entries that are whole over there. */
  done: number;
  /** Asks how much of the next file is there: answered once, before its bytes are sent. */
  offset?: () => Promise<number>;
}

interface Found {
  entry: Entry;
  source: string;
}

/** The bytes of a transfer to a host: small files share a chunk. `from` leaves out what is there already. */
export async function* outgoing(root: string, from: From): AsyncGenerator<Buffer> {
  let index = 0;
  let held: Buffer[] = [];
  let size = 0;
  const flush = (): Buffer => {
    const whole = Buffer.concat(held, size);
    held = [];
    size = 0;
    return whole;
  };
  const single = (await lstat(root)).isFile();
  for await (const { entry, source } of entriesOf(root, "")) {
    if (index++ < from.done) continue;
    const asks = entry.t === "f" && index === from.done + 1 && from.offset !== undefined;
    const line = entryLine({ ...entry, ...(asks ? { ask: true } : {}), ...(single ? { s: true } : {}) } as Entry);
    held.push(line);
    size += line.length;
    if (entry.t === "f") {
      if (asks) yield flush();
      for await (const bytes of fileBytes(source, entry.n, asks ? await from.offset?.() : 0)) {
        held.push(bytes);
        size += bytes.length;
        if (size >= CHUNK) yield flush();
      }
    }
    if (size >= CHUNK) yield flush();
  }
  held.push(entryLine({ t: "e", p: "" }));
  size += (held.at(-1) as Buffer).length;
  yield flush();
}

/** Every entry below, in the order in which it is sent. Sockets, pipes and devices are left out. */
async function* entriesOf(root: string, path: string): AsyncGenerator<Found> {
  const source = path === "" ? root : join(root, path);
  const stats = await lstat(source, { bigint: true });
  const meta = { p: path, m: Number(stats.mode & 0o7777n), mt: stats.mtimeNs };
  if (stats.isFile()) yield { source, entry: { t: "f", ...meta, n: Number(stats.size) } };
  else if (stats.isSymbolicLink()) yield { source, entry: { t: "l", p: path, l: await readlink(source) } };
  else if (stats.isDirectory()) {
    yield { source, entry: { t: "d", p: path } };
    for (const name of (await readdir(source)).sort()) yield* entriesOf(root, path === "" ? name : `${path}/${name}`);
    yield { source, entry: { t: "x", ...meta } };
  }
}

/** Exactly `size` bytes less `offset`, then the line of their hash; `-` for a file that became shorter meanwhile. */
async function* fileBytes(path: string, size: number, offset = 0): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  const file = await open(path, "r");
  let at = 0;
  try {
    while (at < size) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(Math.min(CHUNK, size - at)), 0);
      if (bytesRead === 0) break;
      const bytes = buffer.subarray(0, bytesRead);
      hash.update(bytes);
      const start = Math.min(Math.max(offset - at, 0), bytesRead);
      if (start < bytesRead) yield bytes.subarray(start);
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
  const whole = at === size;
  for (let missing = Math.max(at, offset); missing < size; missing += CHUNK) {
    yield Buffer.alloc(Math.min(CHUNK, size - missing));
  }
  yield Buffer.from(`${whole ? hash.digest("hex") : "-"}\n`);
}
