import { readdirSync, readFileSync, statSync } from "node:fs";
import { errnoOf } from "#base/errors.ts";
import type { FileProvider } from "#spec/index.ts";

/** What the YAML language may know about files, from this machine's disk. */
export const diskFiles: FileProvider = {
  exists(path) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    return found.isDirectory() ? "folder" : "file";
  },
  read(path) {
    try {
      return readFileSync(path, "utf8");
    } catch (failure) {
      if (errnoOf(failure) === undefined) throw failure;
      return undefined;
    }
  },
  list(path) {
    try {
      return readdirSync(path);
    } catch (failure) {
      if (errnoOf(failure) === undefined) throw failure;
      return [];
    }
  },
};
