import { chmod, mkdir, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { slipwayError } from "#contract/errors.ts";

/** What the engine keeps below its home. Logs, data and environments of jobs are nobody else's business. */
const names = ["store", "blobs", "packs", "incoming", "logs", "targets", "datastores", "cache", "tmp", "versions"];

/**
 * Makes the folders of a home, for this user alone (0700), whatever the umask and however wide the home itself is.
 * Throws `engine-start-failed` for a folder of somebody else: what it holds would be run and believed.
 */
export async function makePrivateFolders(home: string): Promise<void> {
  const { uid } = userInfo();
  for (const name of names) {
    const folder = join(home, name);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const found = await stat(folder);
    if (found.uid !== uid) {
      throw slipwayError("engine-start-failed", `${folder} belongs to another user, so nothing is kept in it.`, {
        next: `Remove ${folder}, or set SLIPWAY_HOME to a folder of your own.`,
      });
    }
    if ((found.mode & 0o077) !== 0) await chmod(folder, 0o700);
  }
}
