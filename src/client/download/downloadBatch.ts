import { createHash } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CodedError } from "#base/errors.ts";
import { readFrames } from "./readFrames.ts";
import { namedFailure, partOf, placeBelow, wrongHash, type WantedFile } from "./wantedFile.ts";

export interface BatchOptions {
  folder: string;
  /** One reply with all of these files, as `readArtifacts` gives it. */
  readMany: (paths: string[]) => Promise<AsyncIterable<Buffer>>;
  onFile: (bytes: number) => void;
  /** Folders that are there already. */
  made: Set<string>;
  signal?: AbortSignal | undefined;
  attempts: number;
}

/**
 * Downloads small files in one reply and returns those that must be asked for one by one. A broken reply is asked for
 * again from the file that it broke at. Each file is checked, written beside its place and moved there.
 */
export async function downloadBatch(files: readonly WantedFile[], options: BatchOptions): Promise<WantedFile[]> {
  const alone: WantedFile[] = [];
  const waiting = [...files];
  for (let attempt = 1; ; attempt++) {
    const before = waiting.length;
    let failure: unknown = new Error("the reply ended early");
    try {
      await takeReply(waiting, alone, options);
    } catch (thrown) {
      options.signal?.throwIfAborted();
      // An engine of an older build does not know this way.
      if (thrown instanceof CodedError && thrown.code === "not-found") return [...alone, ...waiting];
      if (thrown instanceof CodedError && thrown.code !== "unavailable") throw thrown;
      failure = thrown;
    }
    const [next] = waiting;
    if (!next) return alone;
    if (waiting.length < before) attempt = 1;
    if (attempt >= options.attempts) throw namedFailure(next.path, failure);
    await delay(100 * 2 ** attempt, undefined, options.signal ? { signal: options.signal } : {});
  }
}

/** Takes files off `waiting` as they come. */
async function takeReply(waiting: WantedFile[], alone: WantedFile[], options: BatchOptions): Promise<void> {
  const paths = waiting.map(({ path }) => path);
  const body = await options.readMany(paths);
  for await (const { content } of readFrames(body, paths)) {
    const file = waiting[0] as WantedFile;
    if (content === null) alone.push(file);
    else {
      writeSmall(file, content, options);
      options.onFile(content.length);
    }
    waiting.shift();
  }
}

/** Synchronous: for thousands of small files several times faster, and no signal finds one half-written. */
function writeSmall(file: WantedFile, content: Buffer, { folder, made }: BatchOptions): void {
  if (file.sha256 !== null && createHash("sha256").update(content).digest("hex") !== file.sha256) {
    throw wrongHash(file.path);
  }
  const target = placeBelow(folder, file.place);
  const above = dirname(target);
  if (!made.has(above)) mkdirSync(above, { recursive: true });
  made.add(above);
  const part = partOf(target);
  try {
    writeFileSync(part, content);
    renameSync(part, target);
  } catch (thrown) {
    rmSync(part, { force: true });
    throw thrown;
  }
}
