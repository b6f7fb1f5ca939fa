import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, readlink, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { slipwayError } from "#contract/errors.ts";

/** A build context as it was looked at: its content decides the name of the image. */
export interface BuildContext {
  folder: string;
  /** Path of the Dockerfile inside. */
  dockerfile: string;
  /** Hash over every path, kind, mode and content. */
  digest: string;
}

/** Larger contexts are no code but data, and hashing them would hold up every look at the sheet. */
const contextLimits = { files: 20_000, bytes: 2 * 1024 ** 3 };

/**
 * Reads a build context. Throws `file-not-found` for a Dockerfile that is not there and `environment-refused` for a context
 * beyond the limits above.
 */
export async function readContext(folder: string, dockerfile: string): Promise<BuildContext> {
  const hash = createHash("sha256");
  hash.update(JSON.stringify(dockerfile));
  const count = { files: 0, bytes: 0 };
  const walk = async (prefix: string): Promise<void> => {
    const entries = await readdir(join(folder, prefix), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = prefix + entry.name;
      if (entry.isDirectory()) {
        hash.update(JSON.stringify(["folder", path]));
        await walk(`${path}/`);
      } else if (entry.isSymbolicLink()) {
        hash.update(JSON.stringify(["link", path, await readlink(join(folder, path))]));
      } else if (entry.isFile()) {
        const { size, mode } = await stat(join(folder, path));
        count.files += 1;
        count.bytes += size;
        mustFit(folder, count);
        hash.update(JSON.stringify(["file", path, size, (mode & 0o100) !== 0]));
        await pipeline(createReadStream(join(folder, path)), async (bytes: AsyncIterable<Buffer>) => {
          for await (const chunk of bytes) hash.update(chunk);
        });
      }
    }
  };
  await mustBeFile(join(folder, dockerfile));
  await walk("");
  return { folder, dockerfile, digest: hash.digest("hex") };
}

/** Images that the last stages of a Dockerfile begin with, without `scratch` and stages of its own. */
export async function baseImages(context: Pick<BuildContext, "folder" | "dockerfile">): Promise<string[]> {
  const text = await readFile(join(context.folder, context.dockerfile), "utf8");
  const stages = new Set<string>(["scratch"]);
  const images = new Set<string>();
  for (const line of text.split(/\r?\n/u)) {
    const words = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/iu.exec(line);
    if (!words) continue;
    const [, image = "", stage] = words;
    // A name with a build argument in it is known to the builder alone.
    if (!stages.has(image.toLowerCase()) && !image.includes("$")) images.add(image);
    if (stage !== undefined) stages.add(stage.toLowerCase());
  }
  return [...images];
}

function mustFit(folder: string, { files, bytes }: { files: number; bytes: number }): void {
  if (files <= contextLimits.files && bytes <= contextLimits.bytes) return;
  const most = `${contextLimits.files} files and ${contextLimits.bytes / 1024 ** 3} GB`;
  throw slipwayError("environment-refused", `The build context ${folder} holds more than ${most}.`, {
    next: "Give build.path a folder with the Dockerfile and what it copies, and nothing else.",
  });
}

async function mustBeFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return;
  throw slipwayError("file-not-found", `There is no Dockerfile ${path}.`, {
    next: "Give build.path the folder of the Dockerfile, and build.dockerfile_path its name in there.",
  });
}
