import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What `npm run build` leaves: the folder that an engine is copied from, and the hash that names it. */
export interface Bundle {
  folder: string;
  build: string;
  version: string;
}

/**
 * The bundle that `from` (a file or folder) belongs to: the nearest folder above with a `build.json`, or with a `dist`
 * that has one, as when running from source. Undefined when nothing was built.
 */
export function findBundle(from: string): Bundle | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    for (const candidate of [folder, join(folder, "dist")]) {
      const info = readBuild(candidate);
      if (info) return { folder: candidate, ...info };
    }
    if (dirname(folder) === folder) return undefined;
  }
}

function readBuild(folder: string): { build: string; version: string } | undefined {
  try {
    const info = JSON.parse(readFileSync(join(folder, "build.json"), "utf8")) as Partial<Bundle>;
    return info.build && info.version ? { build: info.build, version: info.version } : undefined;
  } catch {
    return undefined;
  }
}
