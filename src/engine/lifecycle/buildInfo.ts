import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface BuildInfo {
  version: string;
  build: string;
}

/** Which build this engine is: `build.json` of the folder that it was started from. A run from source is `source`. */
export function readBuildInfo(engineFolder: string = import.meta.dirname): BuildInfo {
  for (let folder = engineFolder; ; folder = dirname(folder)) {
    try {
      return JSON.parse(readFileSync(join(folder, "build.json"), "utf8")) as BuildInfo;
    } catch {
      if (dirname(folder) === folder) return { version: "0.0.0", build: "source" };
    }
  }
}
