import ignore, { type Ignore } from "ignore";

/** Consecutive lines of one sign. Lines of a group can be asked at once, because any hit decides the same way. */
interface Group {
  include: boolean;
  rules: Ignore;
}

/**
 * One `.amlignore` or `.gitignore`, read as Azure's SDK reads it: each file is tested on its own against every line and
 * the last line that matches decides. So `!data/keep.csv` after `data/` does bring the file back, which git refuses
 * (docs/dev/snapshots.md has the table of differences).
 */
export class IgnoreFile {
  readonly #name: string;
  readonly #groups: Group[] = [];

  /** `name` is how the rules are cited (`.amlignore`). */
  constructor(name: string, text: string) {
    this.#name = name;
    const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
    for (const [index, line] of lines.entries()) this.#add(line.trim(), index + 1);
  }

  /** The rule (`.amlignore:3 data/`) that excludes a file, by its path relative to the ignore file's folder. */
  ruleFor(path: string): string | undefined {
    for (let at = this.#groups.length - 1; at >= 0; at--) {
      const group = this.#groups[at] as Group;
      const rule = group.rules.test(path).rule;
      if (rule) return group.include ? undefined : `${this.#name}:${rule.mark} ${rule.pattern}`;
    }
    return undefined;
  }

  /** The rule that excludes everything below a folder. Absent too when a later `!` line may bring a file back. */
  ruleForFolder(path: string): string | undefined {
    for (let at = this.#groups.length - 1; at >= 0; at--) {
      const group = this.#groups[at] as Group;
      if (group.include) return undefined;
      const rule = group.rules.test(`${path}/`).rule;
      if (rule) return `${this.#name}:${rule.mark} ${rule.pattern}`;
    }
    return undefined;
  }

  #add(line: string, number: number): void {
    if (line === "" || line.startsWith("#") || line === "/" || line === "!") return;
    const include = line.startsWith("!");
    const pattern = include ? line.slice(1) : line;
    let group = this.#groups.at(-1);
    if (group?.include !== include) {
      group = { include, rules: ignore({ ignorecase: false }) };
      this.#groups.push(group);
    }
    group.rules.add({ pattern: literal(pattern), mark: String(number) });
  }
}

/** After a `!` was taken off, a second `!` or a `#` is an ordinary character. */
function literal(pattern: string): string {
  return /^[!#]/.test(pattern) ? `\\${pattern}` : pattern;
}
