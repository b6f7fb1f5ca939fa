import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { FileProvider } from "../../src/spec/files.ts";

const corpusFolder = join(import.meta.dirname, "..", "fixtures", "corpus");

export interface Verdict {
  path: string;
  kind: string;
  accepted?: boolean;
  error?: string;
  overrides?: string[];
}

/** What Azure's own loader says of each file of the corpus. */
export const verdicts: Verdict[] = readFileSync(join(corpusFolder, "verdicts.jsonl"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Verdict);

export function corpusText(path: string): string {
  return readFileSync(join(corpusFolder, path), "utf8");
}

const files = new Set(readFileSync(join(corpusFolder, "tree.txt"), "utf8").split("\n").filter(Boolean));
const folders = new Map<string, Set<string>>();
for (const file of files) {
  let child = file;
  for (let folder = dirname(file); folder !== "."; child = folder, folder = dirname(folder)) {
    const names = folders.get(folder) ?? new Set();
    names.add(child.slice(folder.length + 1));
    folders.set(folder, names);
  }
}

/** The files that stand around the corpus, by name; only the corpus's own YAML files can be read. */
export const corpusFiles: FileProvider = {
  exists: (path) => (files.has(path) ? "file" : folders.has(path) ? "folder" : undefined),
  read: (path) => {
    try {
      return corpusText(path);
    } catch {
      return undefined;
    }
  },
  list: (path) => [...(folders.get(path) ?? [])],
};
