import { readdirSync, readFileSync, statSync } from "node:fs";
import type { FileProvider } from "#spec/files.ts";

/** The language's view of this machine's files. */
export const diskFiles: FileProvider = {
  exists(path) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return undefined;
    return found.isDirectory() ? "folder" : "file";
  },
  read: (path) => orNothing(() => readFileSync(path, "utf8")),
  list: (path) => orNothing(() => readdirSync(path)) ?? [],
};

function orNothing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
