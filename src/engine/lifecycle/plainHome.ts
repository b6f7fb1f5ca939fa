import { createHash } from "node:crypto";
import { chmod, lstat, mkdir, readlink, rename, symlink } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { shellFault } from "#spec/index.ts";

/**
 * A path of the home that a command may hold unquoted. A home with blanks or other characters that bash takes apart is
 * reached through a link: in the user's cache folder, or below `/tmp` when that is not plain either. The same home
 * always has the same link, so that a job's paths stay good over restarts. Throws what the file system says when no
 * link can be made.
 */
export async function plainHome(home: string, userHome: string): Promise<string> {
  if (shellFault(home) === undefined) return home;
  const hash = createHash("sha256").update(home).digest("hex").slice(0, 12);
  const near = join(userHome, ".cache/slipway/homes", hash);
  const link = shellFault(near) === undefined ? near : join("/tmp", `slipway-${userInfo().uid}-${hash}`, "home");
  await makePrivate(dirname(link));
  if ((await readlink(link).catch(() => undefined)) === home) return link;
  // Put in place whole: a job that runs never finds it missing.
  const fresh = `${link}.${process.pid}`;
  await symlink(home, fresh);
  await rename(fresh, link);
  return link;
}

/** Nobody else may turn the link elsewhere. */
async function makePrivate(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== userInfo().uid) throw new Error(`${folder} is not a folder of this user.`);
  if ((found.mode & 0o077) !== 0) await chmod(folder, 0o700);
}
