/** `npm run package [-- --target linux-arm64] [--out file.vsix]`: a platform-specific extension package. */
import { globSync, statSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "./build.ts";
import { hostTarget } from "./build/natives.ts";
import { mustRun, root } from "./process/run.ts";

const ownCodeLimit = 5_000_000;

/** Bytes of everything below dist except the native packages. */
export function ownCodeBytes(): number {
  return globSync("**/*", { cwd: join(root, "dist") })
    .filter((path) => !path.startsWith("node_modules/"))
    .map((path) => statSync(join(root, "dist", path)))
    .reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
}

/** Builds for `target` and packs it; returns the path of the .vsix. Leaves `dist` built for that target. */
export async function packageExtension(options: { target?: string; outFile?: string } = {}): Promise<string> {
  const target = options.target ?? hostTarget();
  await build({ target });
  const own = ownCodeBytes();
  if (own > ownCodeLimit) throw new Error(`Own code is ${own} bytes, over the limit of ${ownCodeLimit}`);
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
  const outFile = options.outFile ?? join(root, "out", `slipway-${target}-${version}.vsix`);
  await mkdir(join(outFile, ".."), { recursive: true });
  await rm(outFile, { force: true });
  // Without a public address of the repository, links in the README stay as they are.
  const links = ["--allow-missing-repository", "--no-rewrite-relative-links"];
  await mustRun(["vsce", "package", "--target", target, "--no-dependencies", ...links, "--out", outFile]);
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;
  process.stdout.write(`${outFile}: ${megabytes(statSync(outFile).size)}, own code ${megabytes(own)} unpacked\n`);
  return outFile;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { target: { type: "string" }, out: { type: "string" } } });
  await packageExtension({
    ...(values.target === undefined ? {} : { target: values.target }),
    ...(values.out === undefined ? {} : { outFile: values.out }),
  });
}
