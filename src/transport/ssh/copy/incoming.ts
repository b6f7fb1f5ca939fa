import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, lstat, mkdir, open, rm, symlink, utimes } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import * as z from "zod";
import { CodedError } from "#base/errors.ts";
import type { ByteReader } from "./byteReader.ts";

const path = z.string().max(10_000);
const mode = z.int().min(0).max(0o7777);
const time = z.number();
const Line = z.discriminatedUnion("t", [
  z.object({ t: z.literal("f"), p: path, m: mode, mt: time, n: z.int().nonnegative(), o: z.int().nonnegative() }),
  z.object({ t: z.literal("x"), p: path, m: mode, mt: time }),
  z.object({ t: z.literal("d"), p: path }),
  z.object({ t: z.literal("l"), p: path, l: path }),
  z.object({ t: z.literal("e") }),
  z.object({ t: z.literal("error"), errno: z.string().nullable(), message: z.string().max(10_000) }),
]);

/** A fault that the host itself tells of. */
export class HostFault extends Error {
  readonly errno: string | null;

  constructor(message: string, errno: string | null) {
    super(message);
    this.errno = errno;
  }
}

/** How much of a transfer has arrived: what a second try leaves out. */
export class Arrived {
  done = 0;
}

/**
 * Makes what a host sends below `temp`. The host is not trusted: every name stays below, nothing is written through a link,
 * and a link that leads out of what is sent is refused (`path-outside`). Throws {@link HostFault} for the host's own faults.
 */
export async function incoming(reader: ByteReader, temp: string, arrived: Arrived, host: string): Promise<void> {
  const folders = new Set<string>();
  for (;;) {
    const text = await reader.line();
    if (text === undefined) throw new Error("it ended in the middle");
    const entry = Line.parse(JSON.parse(text));
    if (entry.t === "error") throw new HostFault(entry.message, entry.errno);
    if (entry.t === "e") return;
    const to = place(temp, entry.p, host);
    if (entry.p !== "") await mustBeFolder(dirname(to), folders, entry.p, host);
    switch (entry.t) {
      case "d":
        await mkdir(to, { recursive: true, mode: 0o700 });
        break;
      case "l":
        refuseOutside(entry, host);
        await rm(to, { force: true });
        await symlink(entry.l, to);
        break;
      case "f":
        await takeFile(reader, to, entry, host);
        break;
      case "x":
        await chmod(to, entry.m);
        await utimes(to, entry.mt / 1e9, entry.mt / 1e9);
    }
    arrived.done++;
  }
}

/** Bytes that are there already of the file that was cut off. */
export async function held(path: string): Promise<number> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isFile() === true ? found.size : 0;
}

async function takeFile(
  reader: ByteReader,
  to: string,
  entry: { p: string; m: number; mt: number; n: number; o: number },
  host: string,
): Promise<void> {
  const hash = createHash("sha256");
  if (entry.o > 0) await hashStart(hash, to, entry.o);
  const file = await open(to, entry.o > 0 ? "r+" : "w", 0o600);
  let at = entry.o;
  try {
    for await (const bytes of reader.bytes(entry.n - entry.o)) {
      await file.write(bytes, 0, bytes.length, at);
      hash.update(bytes);
      at += bytes.length;
    }
    if (at < entry.n) throw new Error("it ended in the middle");
    await file.chmod(entry.m);
    if (entry.p === "") await file.sync();
  } finally {
    await file.close();
  }
  await utimes(to, entry.mt / 1e9, entry.mt / 1e9);
  const told = await reader.line();
  if (told === undefined) throw new Error("it ended in the middle");
  if (told === hash.digest("hex")) return;
  const what = entry.p === "" ? "The file" : entry.p;
  throw new HostFault(
    told === "-" ? `${what} changed while it was read` : `${what} arrived damaged from ${host}`,
    null,
  );
}

async function hashStart(hash: Hash, file: string, bytes: number): Promise<void> {
  for await (const chunk of createReadStream(file, { end: bytes - 1 })) hash.update(chunk as Buffer);
}

function place(temp: string, name: string, host: string): string {
  if (name === "") return temp;
  const plain = name.split("/").every((part) => part !== "" && part !== "." && part !== ".." && !part.includes("\0"));
  if (!plain) throw outside(host, `it sends a file named ${JSON.stringify(name.slice(0, 200))}`);
  return join(temp, name);
}

async function mustBeFolder(folder: string, known: Set<string>, name: string, host: string): Promise<void> {
  if (known.has(folder)) return;
  const found = await lstat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true)
    throw outside(host, `it sends ${JSON.stringify(name.slice(0, 200))} through a link`);
  known.add(folder);
}

function refuseOutside(link: { p: string; l: string }, host: string): void {
  const lies = normalize(join("/x", dirname(link.p || "."), link.l));
  const isInside = !link.l.startsWith("/") && link.p !== "" && (lies === "/x" || lies.startsWith("/x/"));
  // `..` above the root of a path is the root: a marker below it tells.
  const up = link.l.split("/").filter((part) => part === "..").length;
  if (isInside && up <= link.p.split("/").length - 1) return;
  throw outside(host, `${link.p || "it"} is a link to ${link.l.slice(0, 200)}, which lies outside of what is fetched`);
}

function outside(host: string, words: string): CodedError {
  return new CodedError({
    code: "path-outside",
    status: 400,
    message: `Files of ${host} were not taken: ${words}.`,
    next: "Write a copy in its place, or a link to something in the same folder.",
  });
}
