import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "#base/errors.ts";
import { identifyProcess, isAlive, type ProcessIdentity } from "#base/processIdentity.ts";
import { slipwayError } from "#contract/errors.ts";

/**
 * Lets one process at a time start an engine for a home, so that ten windows do not start ten. It only saves work: that
 * one engine lives is the engine's own lock's doing.
 */
export class StartGate {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Passes the gate; undefined while another living process is inside. */
  static async tryPass(home: string): Promise<StartGate | undefined> {
    const path = join(home, "starting.json");
    // Written before it gets its name: who finds it finds who made it.
    const fresh = `${path}.${process.pid}.${randomUUID()}`;
    try {
      await mkdir(home, { recursive: true, mode: 0o700 });
      await writeFile(fresh, JSON.stringify(await identifyProcess(process.pid)), { mode: 0o600 });
      await link(fresh, path);
      return new StartGate(path);
    } catch (thrown) {
      if (errnoOf(thrown) === "ENOSPC") throw fullDisk(home, thrown);
      if (errnoOf(thrown) !== "EEXIST") throw thrown;
      if (await isLeftBehind(path)) await rm(path, { force: true });
      return undefined;
    } finally {
      await rm(fresh, { force: true });
    }
  }

  leave(): Promise<void> {
    return rm(this.#path, { force: true });
  }
}

async function isLeftBehind(path: string): Promise<boolean> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return false;
  try {
    return !(await isAlive(JSON.parse(text) as ProcessIdentity));
  } catch {
    // A disk that lost its power in between may leave an empty file.
    return true;
  }
}

/** Not even a record fits any more. */
export function fullDisk(home: string, cause: unknown): Error {
  return slipwayError("disk-full", `There is no space left in ${home}, so no engine can start.`, {
    next: "Free some space there and try again; jobs that run go on.",
    cause,
  });
}
