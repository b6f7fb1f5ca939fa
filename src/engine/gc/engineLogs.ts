import { copyFile, rename, stat, truncate } from "node:fs/promises";
import type { Tally } from "./files.ts";

/** The engine's log may become so large before it is set aside. */
const mostBytes = 10_000_000;
/** So many that were set aside are kept: `engine.log.1` is the newest. */
const kept = 3;

/**
 * Sets the log of the running engine aside when it has become large. The engine goes on writing into the same file, which
 * is emptied: it was opened for appending. What falls off the end is what is freed.
 */
export async function turnEngineLogs(path: string, dryRun: boolean): Promise<Tally> {
  const tally = { what: "old engine logs", count: 0, bytes: 0 };
  if ((await bytesOf(path)) < mostBytes) return tally;
  const oldest = await bytesOf(`${path}.${kept}`);
  if (!dryRun) {
    for (let number = kept - 1; number > 0; number--) {
      await rename(`${path}.${number}`, `${path}.${number + 1}`).catch(() => undefined);
    }
    await copyFile(path, `${path}.1`);
    await truncate(path);
  }
  return oldest > 0 ? { ...tally, count: 1, bytes: oldest } : tally;
}

async function bytesOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
