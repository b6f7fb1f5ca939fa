import type { Progress } from "#contract/entities/progress.ts";
import type { OnProgress } from "../core/progress.ts";

const units: Record<string, number> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/**
 * Tells how far a build has come, from the words of its log: whoever follows a builder of another process reads the same.
 * uv names the large packages alone when it downloads, each with its size, and says when one is there; of the small ones
 * it only says how many are ready in the end. So bytes are those of the packages that were named so far.
 */
export class BuildProgress {
  readonly #tell: OnProgress;
  readonly #sizes = new Map<string, number>();
  readonly #there = new Set<string>();
  #rest = "";
  #packages: number | null = null;

  constructor(tell: OnProgress) {
    this.#tell = tell;
  }

  push(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#line(line.trim());
  }

  #line(line: string): void {
    const install = /^Installing (\d+) packages?$/.exec(line);
    const named = /^Downloading (\S+) \(([\d.]+)([KMG]?i?B)\)$/.exec(line);
    const there = /^Downloaded (\S+)$/.exec(line);
    const built = /^(Building|Built) (\S+)/.exec(line);
    if (/^Another process /.test(line)) this.#phase("environment", "waiting for another build of it");
    else if (/^Installing uv$/.test(line)) this.#phase("environment", "installing uv");
    else if (/^Resolving \d+ requirements /.test(line)) this.#phase("resolving", "");
    else if (install) {
      this.#packages = Number(install[1]);
      this.#downloading("");
    } else if (named) {
      this.#sizes.set(named[1] as string, Number(named[2]) * (units[named[3] as string] ?? 1));
      this.#downloading("");
    } else if (there && this.#sizes.has(there[1] as string)) {
      this.#there.add(there[1] as string);
      this.#downloading("");
    } else if (built && this.#packages !== null) this.#downloading(`${built[1]?.toLowerCase()} ${built[2]}`);
    else if (/^Prepared \d+ packages? /.test(line)) this.#installing("");
    else if (/^Installed \d+ packages? /.test(line)) this.#installing("compiling to byte code");
  }

  #downloading(words: string): void {
    const names = [...this.#sizes.keys()].filter((name) => !this.#there.has(name));
    const sum = (of: Iterable<string>) => [...of].reduce((bytes, name) => bytes + (this.#sizes.get(name) ?? 0), 0);
    this.#tell({
      phase: "downloading",
      detail: words === "" ? names.slice(0, 3).join(", ") + (names.length > 3 ? ", …" : "") : words,
      items: null,
      total_items: this.#packages,
      bytes: this.#sizes.size === 0 ? null : Math.round(sum(this.#there)),
      total_bytes: this.#sizes.size === 0 ? null : Math.round(sum(this.#sizes.keys())),
    });
  }

  #installing(detail: string): void {
    this.#phase("installing", detail, { total_items: this.#packages });
  }

  #phase(phase: Progress["phase"], detail: string, counts: Partial<Progress> = {}): void {
    this.#tell({ phase, detail, items: null, total_items: null, bytes: null, total_bytes: null, ...counts });
  }
}
