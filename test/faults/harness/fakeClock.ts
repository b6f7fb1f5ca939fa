import { existsSync, globSync, writeFileSync } from "node:fs";

const library = globSync("/usr/lib/*/faketime/libfaketime*.so.1").find((path) => path.includes("MT")) ?? "";

/** A wall clock that is set forward and back below one process; its monotonic clock and the ages of files stay true. */
export class FakeClock {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    this.set("+0");
  }

  /** Why no clock can be set here; undefined when it can. */
  static readonly missing = existsSync(library) ? undefined : "needs libfaketime (Debian: faketime)";

  /** `+3h`, `-1h`: from the true time. */
  set(offset: string): void {
    writeFileSync(this.#file, `${offset}\n`);
  }

  get env(): Record<string, string> {
    return {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      NO_FAKE_STAT: "1",
    };
  }
}
