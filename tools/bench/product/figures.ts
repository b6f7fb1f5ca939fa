import { loadavg } from "node:os";

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** One line of a table: a name, what was measured, and what it is held against. */
export function line(name: string, figure: string, remark = ""): void {
  process.stdout.write(`${name.padEnd(52)} ${figure.padStart(16)}  ${remark}`.trimEnd() + "\n");
}

export function aim(value: number, most: number, unit: string): string {
  return `(aim: under ${most} ${unit}: ${value < most ? "met" : "MISSED"})`;
}

/** Figures of a busy machine are only worth comparing with each other: says how busy it was. */
export function load(): string {
  return `load ${loadavg()
    .map((value) => value.toFixed(1))
    .join(" ")}`;
}
