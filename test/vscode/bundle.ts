import { globSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "../../tools/process/run.ts";

/** Bundles the runner and the suites for the extension host; returns the path of the runner. */
export async function bundleSuites(): Promise<string> {
  const outdir = join(root, "out/vscode");
  await rm(outdir, { recursive: true, force: true });
  const suites = globSync("test/vscode/suite/*.ts", { cwd: root });
  await build({
    absWorkingDir: root,
    entryPoints: ["test/vscode/runner.ts", ...suites],
    outbase: "test/vscode",
    outdir,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    external: ["vscode", "mocha"],
    sourcemap: "inline",
    logLevel: "warning",
  });
  return join(outdir, "runner.cjs");
}
