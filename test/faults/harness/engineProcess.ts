import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { findAnswering } from "#client/engine/find.ts";
import { findBundle } from "#client/engine/bundle.ts";
import { installVersion } from "#client/engine/versions.ts";
import { lives, until } from "./processes.ts";

/** The build whose engines are tested: `dist`, or one with a guard removed (see mutants/). */
export const dist = process.env["FAULTS_DIST"] ?? join(import.meta.dirname, "../../../dist");

/** The built engine as a process of this test's own, to be killed at will. No client starts or replaces it. */
export class EngineProcess {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;

  private constructor(child: ChildProcess, pid: number, gone: Promise<void>) {
    this.#child = child;
    this.pid = pid;
    this.#gone = gone;
  }

  /** Starts an engine, below the words of `wrapper`. Returns when it answers; undefined when it ended before. */
  static async start(
    home: string,
    options: { wrapper?: readonly string[]; env?: Record<string, string>; build?: string } = {},
  ): Promise<EngineProcess | undefined> {
    const bundle = findBundle(options.build ?? dist);
    if (!bundle) throw new Error("nothing was built");
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const place = await installVersion(home, bundle);
    const argv = [
      ...(options.wrapper ?? []),
      process.execPath,
      "--max-semi-space-size=2",
      join(place, "engine/main.js"),
    ];
    const log = openSync(join(home, "engine.log"), "a", 0o600);
    const env = { ...process.env, MALLOC_ARENA_MAX: "2", ...options.env, SLIPWAY_HOME: home };
    const child = spawn(argv[0] as string, argv.slice(1), {
      cwd: home,
      detached: true,
      stdio: ["ignore", log, log],
      env,
    });
    closeSync(log);
    let ended = false;
    const gone = new Promise<void>((resolve) => {
      child.once("exit", () => {
        ended = true;
        resolve();
      });
      child.once("error", () => {
        ended = true;
        resolve();
      });
    });
    const found = await until("an engine that answers", async () => ended || (await findAnswering(home)), 120_000);
    return found === true ? undefined : new EngineProcess(child, found.record.pid, gone);
  }

  /** Whether the engine that answers is the one that was started here, and not another that was there before. */
  get isOwn(): boolean {
    return this.pid === this.#child.pid;
  }

  get lives(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null && lives(this.pid);
  }

  /** As when the machine's power ends for this process alone. */
  async kill(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<void> {
    try {
      process.kill(this.pid, signal);
    } catch {
      // It is gone already.
    }
    await this.gone();
  }

  /** The end of the process that was started here, which may not be the engine that answers. */
  ended(): Promise<void> {
    return this.#gone;
  }

  async gone(): Promise<void> {
    await this.#gone;
    await until("the end of the engine", () => !lives(this.pid));
  }
}

/** The engine's own words. */
export function engineLog(home: string): string {
  return readFileSync(join(home, "engine.log"), "utf8");
}

/** Removes a home once nothing of it runs. */
export function removeHome(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
