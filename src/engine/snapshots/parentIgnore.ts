import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import ignore, { type Ignore } from "ignore";

interface Level {
  /** Path of the code folder relative to this ignore file's folder, with a trailing slash. */
  prefix: string;
  /** How the file is cited, relative to the code folder. */
  name: string;
  rules: Ignore;
}

/**
 * What git's own `.gitignore` files above the code folder would skip. Azure's SDK does not read them, so these files
 * are sent; the sheet names them because their owner most likely believes them ignored.
 */
export class ParentIgnore {
  readonly #levels: Level[] = [];

  constructor(root: string) {
    const top = repositoryAbove(root);
    if (top === undefined) return;
    for (let folder = dirname(root); ; folder = dirname(folder)) {
      this.#read(folder, root);
      if (folder === top) break;
    }
  }

  get empty(): boolean {
    return this.#levels.length === 0;
  }

  /** The rule (`../.gitignore:3 data/`) by which git would skip a file of the code folder. The nearest file decides. */
  ruleFor(path: string): string | undefined {
    for (const level of this.#levels) {
      const verdict = level.rules.test(level.prefix + path);
      if (verdict.rule) return `${level.name}:${verdict.rule.mark} ${verdict.rule.pattern}`;
      if (verdict.unignored) return undefined;
    }
    return undefined;
  }

  #read(folder: string, root: string): void {
    const file = join(folder, ".gitignore");
    if (!existsSync(file)) return;
    const rules = ignore({ ignorecase: false });
    for (const [index, pattern] of readFileSync(file, "utf8").split(/\r?\n/).entries()) {
      rules.add({ pattern, mark: String(index + 1) });
    }
    const posix = (path: string) => path.split(sep).join("/");
    this.#levels.push({
      prefix: `${posix(relative(folder, root))}/`,
      name: posix(relative(root, file)),
      rules,
    });
  }
}

/** The work tree that holds `root`, when its top lies above it. */
function repositoryAbove(root: string): string | undefined {
  if (existsSync(join(root, ".git"))) return undefined;
  for (let folder = dirname(root); ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}
