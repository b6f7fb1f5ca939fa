import { readdirSync, readFileSync } from "node:fs";

/** Resident memory of a process in MB; 0 when it has ended. */
export function residentMb(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Processes of the launcher that work for a home, by what they are: keeper, agent or link. */
function launchersOf(home: string): { pid: number; role: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, "latin1");
        if (!words.includes(home) || !words.includes("launcher")) return [];
        const called = readFileSync(`/proc/${name}/comm`, "latin1").trim();
        return [{ pid: Number(name), role: called.startsWith("slipway-") ? called.slice("slipway-".length) : "link" }];
      } catch {
        return [];
      }
    });
}

/** The largest resident memory that was seen of the engine and of each part of the launcher, in MB. */
export class MemoryWatch {
  readonly most: Record<string, number> = {};
  readonly #timer: NodeJS.Timeout;

  constructor(options: { home: string; engine: number; everyMs: number }) {
    this.#timer = setInterval(() => {
      this.#saw("engine", residentMb(options.engine));
      for (const { pid, role } of launchersOf(options.home)) this.#saw(role, residentMb(pid));
    }, options.everyMs);
  }

  #saw(role: string, megabytes: number): void {
    this.most[role] = Math.max(this.most[role] ?? 0, megabytes);
  }

  dispose(): void {
    clearInterval(this.#timer);
  }
}
