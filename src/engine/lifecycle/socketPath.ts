import { createHash } from "node:crypto";
import { chmod, lstat, mkdir } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { errnoOf } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, the closing zero included. */
const longestSocketPath = 100;

/**
 * Where the engine of `home` listens: below the home, or, when that is too long for a socket's address, in a short
 * folder of the user's that is named by a hash of the home.
 */
export function engineSocketPath(home: string, env: NodeJS.ProcessEnv = process.env): string {
  const near = join(home, "run", "engine.sock");
  if (Buffer.byteLength(near) <= longestSocketPath) return near;
  const hash = createHash("sha256").update(home).digest("hex").slice(0, 12);
  const runtime = env["XDG_RUNTIME_DIR"];
  if (runtime) {
    const far = join(runtime, `slipway-${hash}`, "engine.sock");
    if (Buffer.byteLength(far) <= longestSocketPath) return far;
  }
  return join("/tmp", `slipway-${userInfo().uid}-${hash}`, "engine.sock");
}

/**
 * Makes the socket's folder, for this user alone (0700): that is what authenticates a caller. A folder of somebody
 * else or a link in its place is refused.
 */
export async function prepareSocketFolder(socket: string): Promise<void> {
  const folder = dirname(socket);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (thrown) {
    if (errnoOf(thrown) !== "EEXIST") throw thrown;
  }
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== userInfo().uid) {
    throw slipwayError("engine-start-failed", `${folder} is not a folder of this user, so no socket is put into it.`, {
      next: `Remove ${folder}, or set SLIPWAY_HOME to a shorter path.`,
    });
  }
  if ((found.mode & 0o077) !== 0) await chmod(folder, 0o700);
}
