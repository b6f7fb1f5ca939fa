import { readFileSync, readdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

const pids = () => readdirSync("/proc").filter((name) => /^\d+$/u.test(name));

/** False for what is gone, and for what is dead and only waits to be collected. */
export function lives(pid: number): boolean {
  const state = /^State:\s+(\S)/mu.exec(read(`/proc/${pid}/status`))?.[1];
  return state !== undefined && state !== "X" && state !== "Z";
}

/** The living processes that carry the marker of a job's attempt. */
export function carriersOf(marker: string): number[] {
  return pids()
    .filter((pid) => read(`/proc/${pid}/environ`).includes(`SLIPWAY_JOB_MARKER=${marker}\0`))
    .map(Number)
    .filter(lives);
}

/** Living processes whose command line holds all of these words. */
export function processesWith(...words: string[]): number[] {
  return pids()
    .filter((pid) => {
      const line = read(`/proc/${pid}/cmdline`);
      return words.every((word) => line.includes(word));
    })
    .map(Number)
    .filter(lives);
}

/** Memory that a process holds now, in bytes; 0 when it is gone. */
export function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/mu.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

/** Waits until something is so, and fails with what was waited for. */
export async function until<T>(
  what: string,
  isSo: () => T | Promise<T>,
  withinMs = 60_000,
): Promise<Exclude<T, undefined | false | null>> {
  const end = performance.now() + withinMs;
  for (;;) {
    const value = await isSo();
    if (value !== undefined && value !== false && value !== null) return value as Exclude<T, undefined | false | null>;
    if (performance.now() > end) throw new Error(`${what} did not come about in ${withinMs} ms`);
    await delay(15);
  }
}
