import { copyFile, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Platforms for which better-sqlite3 ships a native, named as `vsce package --target` names them. */
const prebuildOf: Readonly<Record<string, string>> = {
  "linux-x64": "linux-x64",
  "linux-arm64": "linux-arm64",
  "alpine-x64": "linuxmusl-x64",
  "alpine-arm64": "linuxmusl-arm64",
  "darwin-x64": "darwin-x64",
  "darwin-arm64": "darwin-arm64",
  "win32-x64": "win32-x64",
  "win32-arm64": "win32-arm64",
};

/** The target of the machine that builds. */
export function hostTarget(): string {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  const musl = process.platform === "linux" && report.header?.glibcVersionRuntime === undefined;
  return `${musl ? "alpine" : process.platform}-${process.arch}`;
}

/**
 * Puts the packages that cannot be bundled under `dist/node_modules`, with the native of one platform only.
 * The engine runs from a copy of `dist`, so nothing outside it may be needed.
 */
export async function copyNatives(root: string, outDir: string, target: string): Promise<void> {
  const prebuild = prebuildOf[target];
  if (prebuild === undefined) {
    throw new Error(`No native parts for ${target}. Known: ${Object.keys(prebuildOf).join(", ")}`);
  }
  const from = join(root, "node_modules/better-sqlite3");
  const to = join(outDir, "node_modules/better-sqlite3");
  await mkdir(join(to, "prebuilds"), { recursive: true });
  await cp(join(from, "lib"), join(to, "lib"), { recursive: true });
  await copyFile(join(from, "LICENSE"), join(to, "LICENSE"));
  await copyFile(join(from, "prebuilds", `${prebuild}.node`), join(to, "prebuilds", `${prebuild}.node`));
  const manifest = JSON.parse(await readFile(join(from, "package.json"), "utf8")) as Record<string, unknown>;
  const kept = Object.fromEntries(["name", "version", "license", "main", "exports"].map((key) => [key, manifest[key]]));
  await mkdir(dirname(to), { recursive: true });
  await writeFile(join(to, "package.json"), `${JSON.stringify(kept, null, 2)}\n`);
}
