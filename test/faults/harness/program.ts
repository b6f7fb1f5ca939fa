/** What a job of the harness does. All of it follows from these numbers, so that the checker knows what must be there. */
export interface Program {
  name: string;
  lines: number;
  /** Seconds after each line. */
  pause: number;
  /** A metric is logged after every so many lines; 0 for none. */
  metricEvery: number;
  /** Bytes of `outputs/out.bin`; 0 for none. */
  output: number;
  code: number;
  /** Children that leave the process group, and do not hear SIGTERM. */
  escapes: boolean;
}

export function lineOf(index: number): string {
  return `${index} ${"abcdefghij".repeat(1 + (index % 7))}\n`;
}

/** The whole log of a program that came to its end. */
export function logOf(program: Program): string {
  return Array.from({ length: program.lines }, (_, index) => lineOf(index)).join("");
}

export function metricValue(step: number): number {
  return step * 0.5;
}

/** Byte `index` of the output. */
export function outputByte(index: number): number {
  return (index * 31 + 7) % 251;
}
