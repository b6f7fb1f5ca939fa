import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { findBundles } from "../../../tools/build/entries.ts";
import { buildLauncher } from "../../../tools/build/launcher.ts";

const root = join(import.meta.dirname, "../../..");

/** A guard that is taken out of the product. */
export interface Change {
  /** Of this repository. */
  file: string;
  find: string;
  put: string;
}

/**
 * Builds the engine (and what it brings to targets) with changes, into a folder of its own; without any it is the engine
 * as it is. Natives and the rest come from `dist`. Throws when the text to change is not there exactly once.
 */
export async function buildEngine(changes: readonly Change[] = []): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-mutant-"));
  for (const part of ["node_modules", "package.json", "python"]) {
    cpSync(join(root, "dist", part), join(folder, part), { recursive: true });
  }
  const engine = findBundles(root, folder).filter(({ name }) => name === "engine");
  const plugins = changes.filter(({ file }) => file.endsWith(".ts")).map(changing);
  for (const { options } of engine) await build({ ...options, absWorkingDir: root, plugins });
  const launcher = await buildLauncher(join(folder, "python/slipway_launcher.py"));
  // Sources stand in it as string literals.
  const inside = (text: string) => JSON.stringify(text).slice(1, -1);
  for (const { file, find, put } of changes.filter((change) => change.file.endsWith(".py"))) {
    writeFileSync(launcher, changed(file, readFileSync(launcher, "utf8"), inside(find), inside(put)));
  }
  const id = `mutant-${Math.random().toString(36).slice(2, 10)}`;
  writeFileSync(join(folder, "build.json"), JSON.stringify({ version: "0.0.0", build: id }));
  return folder;
}

function changing({ file, find, put }: Change): Plugin {
  const path = join(root, file);
  changed(file, readFileSync(path, "utf8"), find, put);
  return {
    name: "mutant",
    setup(bundle) {
      bundle.onLoad({ filter: /\.ts$/ }, (asked) => {
        if (asked.path !== path) return undefined;
        return { contents: changed(file, readFileSync(path, "utf8"), find, put), loader: "ts" };
      });
    },
  };
}

function changed(file: string, text: string, find: string, put: string): string {
  const [before, after, more] = text.split(find);
  if (before === undefined || after === undefined || more !== undefined) {
    throw new Error(`${file} has not exactly one "${find}": the mutant has to follow the product`);
  }
  return before + put + after;
}
