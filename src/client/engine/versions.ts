import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { errnoOf } from "#base/errors.ts";
import type { Bundle } from "./bundle.ts";

/** Parts of a bundle that only its window or terminal uses. */
const clientParts = new Set(["webviews", "extension.cjs", "extension", "language-server.cjs", "cli"]);
/** Half a copy of this age has nobody any more who goes on with it. */
const abandonedMs = 3_600_000;

/**
 * Copies the engine's parts of a bundle to `home/versions/<build>`, whole or not at all, and returns that folder. What
 * is there already is kept when it is complete; an engine never runs from an extension's folder, which an update removes.
 */
export async function installVersion(home: string, bundle: Bundle): Promise<string> {
  const versions = join(home, "versions");
  const place = join(versions, bundle.build);
  const files = await listFiles(bundle.folder);
  if (await isComplete(place, files)) return place;
  const fresh = join(versions, `.${bundle.build}.${process.pid}.${Date.now()}`);
  try {
    // The engine is run from here: nobody else may write.
    await mkdir(versions, { recursive: true, mode: 0o700 });
    await Promise.all(
      [...new Set(files.map(({ path }) => dirname(path)))].map((folder) =>
        mkdir(join(fresh, folder), { recursive: true }),
      ),
    );
    for (const { path } of files) {
      await copyFile(join(bundle.folder, path), join(fresh, path), constants.COPYFILE_FICLONE);
    }
    await putInPlace(fresh, place);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return place;
}

/** Removes versions that no process runs from, but for `keep`. */
export async function removeOldVersions(home: string, keep: string): Promise<void> {
  const versions = join(home, "versions");
  const commandLines = await allCommandLines();
  for (const name of await readdir(versions)) {
    const path = join(versions, name);
    if (name === keep || commandLines.some((line) => line.includes(`${path}/`))) continue;
    if (name.startsWith(".") && !(await isAbandoned(path))) continue;
    await rm(path, { recursive: true, force: true });
  }
}

interface BundleFile {
  path: string;
  bytes: number;
}

async function listFiles(folder: string): Promise<BundleFile[]> {
  const files: BundleFile[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (clientParts.has(entry.name)) continue;
    if (entry.isFile()) files.push({ path: entry.name, bytes: (await stat(join(folder, entry.name))).size });
    if (!entry.isDirectory()) continue;
    const below = await readdir(join(folder, entry.name), { withFileTypes: true, recursive: true });
    for (const file of below.filter((item) => item.isFile())) {
      const full = join(file.parentPath, file.name);
      files.push({ path: relative(folder, full), bytes: (await stat(full)).size });
    }
  }
  return files;
}

/** A copy that a power cut left behind may have empty files, so each file's size is looked at. */
async function isComplete(place: string, files: BundleFile[]): Promise<boolean> {
  try {
    const sizes = await Promise.all(files.map(async ({ path }) => (await stat(join(place, path))).size));
    return files.every(({ bytes }, index) => sizes[index] === bytes);
  } catch {
    return false;
  }
}

async function putInPlace(fresh: string, place: string): Promise<void> {
  try {
    await rename(fresh, place);
  } catch (thrown) {
    if (!["ENOTEMPTY", "EEXIST"].includes(errnoOf(thrown) ?? "")) throw thrown;
    // Somebody was quicker, or an incomplete copy is in the way: ours is whole.
    const aside = `${fresh}.old`;
    await rename(place, aside);
    await rename(fresh, place);
    await rm(aside, { recursive: true, force: true });
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  return stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs > abandonedMs,
    () => false,
  );
}

async function allCommandLines(): Promise<string[]> {
  if (process.platform !== "linux") {
    return new Promise((resolve, reject) => {
      execFile("ps", ["-axww", "-o", "args="], { maxBuffer: 1 << 26 }, (failure, stdout) =>
        failure ? reject(failure) : resolve(stdout.split("\n")),
      );
    });
  }
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  return Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
}
