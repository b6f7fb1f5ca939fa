import { statSync } from "node:fs";
import type { Classified } from "#contract/languageServer.ts";
import { documentKind, type FileProvider } from "#spec/index.ts";
import { pathOf } from "./files.ts";
import { isRunnable, kindWords } from "./kinds.ts";

/** Larger files are no job files, and would delay the view. */
const largestBytes = 1_000_000;

/** A Python file that does something when it is run, rather than one that is imported. */
const program = /^if\s+__name__\s*==\s*["']__main__["']/m;
const programName = /(?:^|[/\\])(?:train|main|run|score|evaluate|predict|prepare|fit)[^/\\]*\.py$/;

/** Says what files are. Unchanged files are read once. */
export class Classifier {
  readonly #files: FileProvider;
  readonly #known = new Map<string, { stamp: string; classified: Classified }>();

  constructor(files: FileProvider) {
    this.#files = files;
  }

  classify(uri: string): Classified {
    const path = pathOf(uri);
    const found = statSync(path, { throwIfNoEntry: false });
    const stamp = `${found?.mtimeMs ?? 0}/${found?.size ?? 0}`;
    const known = this.#known.get(uri);
    if (known?.stamp === stamp) return known.classified;
    const text = found && found.size <= largestBytes ? this.#files.read(path) : undefined;
    const classified = text === undefined ? nothing(uri) : look(uri, path, text);
    this.#known.set(uri, { stamp, classified });
    return classified;
  }
}

function look(uri: string, path: string, text: string): Classified {
  if (path.endsWith(".py")) {
    const runnable = program.test(text) || programName.test(path);
    return { uri, kind: runnable ? "script" : null, what: "Python script", runnable };
  }
  const kind = documentKind(text);
  return kind === null ? nothing(uri) : { uri, kind, what: kindWords(kind), runnable: isRunnable(kind) };
}

function nothing(uri: string): Classified {
  return { uri, kind: null, what: "", runnable: false };
}
