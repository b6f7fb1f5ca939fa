import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "#base/errors.ts";
import { identifyProcess, isAlive, type ProcessIdentity } from "#base/processIdentity.ts";

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
    await mkdir(home, { recursive: true, mode: 0o700 });
    try {
      const file = await open(path, "wx", 0o600);
      try {
        await file.writeFile(JSON.stringify(await identifyProcess(process.pid)));
      } finally {
        await file.close();
      }
      return new StartGate(path);
    } catch (thrown) {
      if (errnoOf(thrown) !== "EEXIST") throw thrown;
      if (!(await isLeftBehind(path))) return undefined;
      await rm(path, { force: true });
      return undefined;
    }
  }

  leave(): Promise<void> {
    return rm(this.#path, { force: true });
  }
}

async function isLeftBehind(path: string): Promise<boolean> {
  try {
    const text = await readFile(path, "utf8");
    // Just made and not yet written: its maker lives.
    return text !== "" && !(await isAlive(JSON.parse(text) as ProcessIdentity));
  } catch {
    return false;
  }
}
