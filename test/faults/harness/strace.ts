import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { until } from "./processes.ts";

/** Why no system call can be made to fail here; undefined when it can. */
export const noStrace = spawnSync("strace", ["-V"]).status === 0 ? undefined : "needs strace";

const quiet = ["-f", "-qq", "-o", "/dev/null"];

/** strace that ends the engine at its Nth call of one of `calls`. Programs that the engine starts are let go. */
export function killedAtCall(calls: string, nth: number): string[] {
  const trace = ["-e", `trace=${calls}`, "-e", `inject=${calls}:signal=SIGKILL:when=${nth}`];
  return ["strace", ...quiet, "-b", "execve", ...trace];
}

/** strace below which the calls take longer, from the engine's begin on. */
export function delayed(calls: string, microseconds: number): string[] {
  const trace = ["-e", `trace=${calls}`, "-e", `inject=${calls}:delay_enter=${microseconds}`];
  return ["strace", ...quiet, "-b", "execve", ...trace];
}

/** System calls of a running process that fail until they are let go. */
export class Injection {
  readonly #strace: ChildProcess;

  private constructor(strace: ChildProcess) {
    this.#strace = strace;
  }

  /** Makes each of `calls` end with an error (`EIO`) in every thread of `pid`. Settles once it does. */
  static async fail(pid: number, calls: string, error: string): Promise<Injection> {
    const inject = ["-e", `trace=${calls}`, "-e", `inject=${calls}:error=${error}`];
    const strace = spawn("strace", [...quiet, "-p", String(pid), ...inject], { stdio: "ignore" });
    await until("every thread to be traced", () =>
      readdirSync(`/proc/${pid}/task`).every((thread) => {
        const status = readFileSync(`/proc/${pid}/task/${thread}/status`, "utf8");
        return /^TracerPid:\s+[1-9]/mu.test(status);
      }),
    );
    return new Injection(strace);
  }

  async stop(): Promise<void> {
    if (this.#strace.exitCode !== null || this.#strace.signalCode !== null) return;
    const gone = once(this.#strace, "exit");
    this.#strace.kill("SIGTERM");
    await gone;
  }
}
