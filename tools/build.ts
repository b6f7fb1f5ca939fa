/** `npm run build [-- --watch] [-- --target linux-x64]`: everything that ships, into `dist/`. */
import { existsSync, globSync } from "node:fs";
import { chmod, copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { context, build as runEsbuild } from "esbuild";
import { findBundles } from "./build/entries.ts";
import { fingerprint } from "./build/fingerprint.ts";
import { buildLauncher } from "./build/launcher.ts";
import { copyNatives, hostTarget } from "./build/natives.ts";

const root = join(import.meta.dirname, "..");

/** What runs on targets: the launcher as one file, and the rest of the package as it lies. */
async function buildPythonParts(outDir: string): Promise<void> {
  await buildLauncher(join(outDir, "python/slipway_launcher.py"));
  const files = globSync("slipway/**/*.{py,toml,json}", {
    cwd: join(root, "python"),
    exclude: ["slipway/launcher/**"],
  });
  await Promise.all(
    files.map(async (file) => {
      await mkdir(dirname(join(outDir, "python", file)), { recursive: true });
      await copyFile(join(root, "python", file), join(outDir, "python", file));
    }),
  );
}

/** Builds into a folder beside `dist` and swaps it in, so that a reader never meets half a build. */
export async function build(options: { target?: string } = {}): Promise<{ build: string; seconds: number }> {
  const started = performance.now();
  const outDir = join(root, `.cache/build-${process.pid}`);
  await rm(outDir, { recursive: true, force: true });
  await mkdir(outDir, { recursive: true });
  try {
    const bundles = findBundles(root, outDir);
    await allDone([
      ...bundles.map(({ options: bundle }) => runEsbuild({ ...bundle, absWorkingDir: root })),
      copyNatives(root, outDir, options.target ?? hostTarget()),
      buildPythonParts(outDir),
      writeFile(join(outDir, "package.json"), '{ "type": "module" }\n'),
    ]);
    await chmod(join(outDir, "cli/slipway.js"), 0o755);
    const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
    const id = await fingerprint(outDir);
    await writeFile(join(outDir, "build.json"), `${JSON.stringify({ version, build: id }, null, 2)}\n`);
    await swapIn(outDir);
    const seconds = (performance.now() - started) / 1000;
    const names = bundles.map(({ name }) => name).join(", ") || "nothing";
    process.stdout.write(`build ${id}: ${names} in ${seconds.toFixed(1)} s\n`);
    return { build: id, seconds };
  } catch (failure) {
    await rm(outDir, { recursive: true, force: true });
    throw failure;
  }
}

/** Waits for all, also when one fails, so that nothing is written any more when the first failure is thrown. */
async function allDone(work: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

/** Makes a finished folder the `dist`. Another build may do the same at this moment: the later one stays. */
async function swapIn(outDir: string): Promise<void> {
  const dist = join(root, "dist");
  for (let attempt = 0; ; attempt++) {
    const old = join(root, `.cache/dist-old-${process.pid}-${attempt}`);
    try {
      if (existsSync(dist)) await rename(dist, old);
      await rename(outDir, dist);
      return;
    } catch (failure) {
      if (attempt === 5) throw failure;
    } finally {
      await rm(old, { recursive: true, force: true });
    }
  }
}

/** Rebuilds the bundles in place as sources change; natives and the build id stay those of the first build. */
async function watch(): Promise<void> {
  await build();
  for (const { options } of findBundles(root, join(root, "dist"))) {
    const watched = await context({ ...options, absWorkingDir: root, logLevel: "info" });
    await watched.watch();
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { watch: { type: "boolean" }, target: { type: "string" } } });
  if (values.watch) await watch();
  else await build(values.target === undefined ? {} : { target: values.target });
}
