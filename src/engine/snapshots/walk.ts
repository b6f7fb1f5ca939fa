import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  type Dirent,
  type Stats,
} from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { IgnoreFile } from "./ignoreFile.ts";
import type { SkippedPath } from "./scan.ts";

/** A file that a walk met, before it was read. */
export interface WalkedFile {
  path: string;
  source: string;
  stats: Stats;
}

export interface Walk {
  files: WalkedFile[];
  skipped: SkippedPath[];
  /** Links that lead out of the root, as `path -> target`. */
  escapes: string[];
}

export interface WalkOptions {
  /** Put before each path. */
  prefix: string;
  /** Folders that are left out. */
  excluded: readonly string[];
  /** All files count: no ignore file, nothing built in. */
  plain?: boolean;
  /** Links may lead anywhere: for data, which its owner points at on purpose. */
  followOutside?: boolean;
}

/**
 * Lists the files of a code folder under the rules of its own `.amlignore`, else `.gitignore`, as Azure's SDK does.
 * Links inside the folder are followed, so that a snapshot holds only plain files. Runs in a worker: it is synchronous.
 */
export function walkFolder(root: string, options: WalkOptions): Walk {
  const walk: Walk = { files: [], skipped: [], escapes: [] };
  const walker = new Walker(root, options, walk);
  walker.folder(root, "", [root]);
  return walk;
}

/** A `code:` that is one file is that file alone; ignore files do not apply. */
export function walkFile(file: string): Walk {
  return { files: [{ path: basename(file), source: file, stats: statSync(file) }], skipped: [], escapes: [] };
}

class Walker {
  readonly #root: string;
  readonly #prefix: string;
  readonly #excluded: ReadonlySet<string>;
  readonly #rules: IgnoreFile | undefined;
  readonly #plain: boolean;
  readonly #followOutside: boolean;
  readonly #walk: Walk;

  constructor(root: string, options: WalkOptions, walk: Walk) {
    this.#root = root;
    this.#prefix = options.prefix;
    this.#excluded = new Set(options.excluded);
    this.#plain = options.plain ?? false;
    this.#followOutside = this.#plain || (options.followOutside ?? false);
    this.#rules = this.#plain ? undefined : ignoreFileOf(root);
    this.#walk = walk;
  }

  /** `chain` holds the real folders above, so that a link back to one of them ends. */
  folder(folder: string, path: string, chain: string[]): void {
    let entries: Dirent[];
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch (thrown) {
      this.#skip(`${path}/`, `unreadable (${(thrown as NodeJS.ErrnoException).code ?? "error"})`);
      return;
    }
    for (const entry of entries) {
      const inside = path === "" ? entry.name : `${path}/${entry.name}`;
      this.#entry(join(folder, entry.name), inside, entry, chain);
    }
  }

  #entry(source: string, path: string, entry: Dirent, chain: string[]): void {
    if (entry.name === ".git" && !this.#plain) return this.#skip(path, "built-in .git");
    if (entry.isSymbolicLink()) return this.#link(source, path, chain);
    if (entry.isDirectory()) return this.#subfolder(source, path, chain);
    if (entry.isFile()) return this.#file(source, path);
    if (!this.#ignored(path)) this.#skip(path, "not a regular file");
  }

  #subfolder(source: string, path: string, chain: string[]): void {
    if (basename(path) === "__pycache__" && !this.#plain) return this.#skip(`${path}/`, "built-in __pycache__/");
    if (this.#excluded.has(source)) return this.#skip(`${path}/`, "built-in: the engine's own folder");
    const rule = this.#rules?.ruleForFolder(path);
    if (rule !== undefined) return this.#skip(`${path}/`, rule);
    this.folder(source, path, [...chain, source]);
  }

  #file(source: string, path: string): void {
    if (this.#ignored(path)) return;
    const stats = lstatSync(source, { throwIfNoEntry: false });
    if (stats?.isFile()) this.#walk.files.push({ path: this.#prefix + path, source, stats });
    else this.#skip(path, stats ? "not a regular file" : "gone, or its name is not UTF-8");
  }

  #link(source: string, path: string, chain: string[]): void {
    if (this.#ignored(path)) return;
    let target: string;
    let stats: Stats;
    try {
      target = realpathSync(source);
      stats = statSync(target);
    } catch {
      return this.#skip(path, "broken link");
    }
    const outside = target !== this.#root && !target.startsWith(this.#root + sep);
    if (outside && !this.#followOutside) {
      // A folder rule (`data/`) matches files below it, so a link to a folder is judged as that folder.
      const rule = stats.isDirectory() ? this.#rules?.ruleForFolder(path) : undefined;
      if (rule !== undefined) return this.#skip(`${path}/`, rule);
      this.#walk.escapes.push(`${this.#prefix}${path} -> ${target}`);
      return;
    }
    if (stats.isFile()) this.#walk.files.push({ path: this.#prefix + path, source: target, stats });
    else if (!stats.isDirectory()) this.#skip(path, "not a regular file");
    else if (chain.includes(target)) this.#skip(`${path}/`, "link to a folder above");
    else this.#subfolder(target, path, chain);
  }

  #ignored(path: string): boolean {
    const rule = this.#rules?.ruleFor(path);
    if (rule === undefined) return false;
    this.#skip(path, rule);
    return true;
  }

  #skip(path: string, rule: string): void {
    this.#walk.skipped.push({ path: this.#prefix + path, rule });
  }
}

function ignoreFileOf(root: string): IgnoreFile | undefined {
  for (const name of [".amlignore", ".gitignore"]) {
    const file = join(root, name);
    if (existsSync(file)) return new IgnoreFile(name, readFileSync(file, "utf8"));
  }
  return undefined;
}

/** Folders whose content nobody means to send as code: a file system's root, a home, and what lies above one. */
export function isHomeOrRoot(root: string, home: string): boolean {
  return root === dirname(root) || root === home || home.startsWith(root + sep);
}
