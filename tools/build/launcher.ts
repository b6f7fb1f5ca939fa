/**
 * Makes the launcher that targets get: one Python file that holds the sources of `python/slipway/launcher` and imports
 * them from itself. Needs no Python; the same sources always give the same bytes.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(import.meta.dirname, "../..");
const PACKAGE_ROOT = join(ROOT, "python");
const DEFAULT_OUT = join(ROOT, "dist/python/slipway_launcher.py");

/** Where the embedded modules come from, below `python/`. */
const FOLDERS = ["slipway/launcher"];

interface Module {
  name: string;
  isPackage: boolean;
  file: string;
  source: string;
}

/** Writes the one-file launcher to `outFile` and returns that path. Throws when a source cannot be read. */
export async function buildLauncher(outFile: string = DEFAULT_OUT): Promise<string> {
  const text = assemble(await readModules());
  await mkdir(dirname(outFile), { recursive: true });
  await writeFile(outFile, text, { mode: 0o644 });
  return outFile;
}

async function readModules(): Promise<Module[]> {
  const files = [join(PACKAGE_ROOT, "slipway/__init__.py")];
  for (const folder of FOLDERS) {
    const entries = await readdir(join(PACKAGE_ROOT, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      if (entry.isFile() && entry.name.endsWith(".py")) files.push(join(entry.parentPath, entry.name));
    }
  }
  const modules = await Promise.all(
    files.map(async (path): Promise<Module> => {
      const file = relative(PACKAGE_ROOT, path).split(sep).join("/");
      const isPackage = file.endsWith("/__init__.py");
      const name = file.replace(/(\/__init__)?\.py$/, "").replaceAll("/", ".");
      return { name, isPackage, file, source: await readFile(path, "utf8") };
    }),
  );
  return modules.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A JSON string is a Python string literal with the same meaning, for text without lone surrogates. */
const literal = (text: string): string => JSON.stringify(text);

function assemble(modules: readonly Module[]): string {
  const table = modules
    .map(
      (m) => `    ${literal(m.name)}: (${m.isPackage ? "True" : "False"}, ${literal(m.file)}, ${literal(m.source)}),`,
    )
    .join("\n");
  return `${HEAD}${table}\n${TAIL}`;
}

const HEAD = `#!/usr/bin/env python3
"""Slipway's launcher in one file. Made from python/slipway by tools/build/launcher.ts: change it there."""

import importlib.abc
import importlib.util
import sys

SOURCES = {
`;

const TAIL = `}


class Embedded(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Imports the modules of SOURCES. Tracebacks show their lines."""

    def find_spec(self, name, path=None, target=None):
        if name not in SOURCES:
            return None
        package, file, _ = SOURCES[name]
        spec = importlib.util.spec_from_loader(name, self, origin=__file__ + "/" + file, is_package=package)
        return spec

    def is_package(self, name):
        return SOURCES[name][0]

    def get_source(self, name):
        return SOURCES[name][2]

    def get_code(self, name):
        _, file, source = SOURCES[name]
        return compile(source, __file__ + "/" + file, "exec", dont_inherit=True)


if __name__ == "__main__":
    sys.meta_path.insert(0, Embedded())
    from slipway.launcher.__main__ import main

    sys.exit(main(sys.argv[1:]))
`;

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${await buildLauncher(process.argv[2])}\n`);
}
