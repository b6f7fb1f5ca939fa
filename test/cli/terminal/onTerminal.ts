import { execFile } from "node:child_process";
import { join } from "node:path";

export interface OnTerminal {
  code: number;
  stdout: string;
  /** Every byte that came to the terminal, escape codes included. */
  terminal: string;
}

/** Runs a program on a real terminal (standard error and input; standard output is a pipe). */
export function runOnTerminal(
  argv: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; interrupt?: string },
): Promise<OnTerminal> {
  const request = JSON.stringify({ argv, interrupt: options.interrupt ?? null });
  return new Promise((resolve, reject) => {
    execFile(
      "python3",
      [join(import.meta.dirname, "onTerminal.py"), request],
      { cwd: options.cwd, env: options.env, maxBuffer: 1 << 28 },
      (failure, stdout) => (failure ? reject(failure) : resolve(JSON.parse(stdout) as OnTerminal)),
    );
  });
}

/** What a person sees in the end: lines that were drawn over are gone. */
export function screenOf(terminal: string): string[] {
  return terminal
    .split("\n")
    .map((line) => line.replace(/\r$/, "").split("\r\u001b[K").at(-1) as string)
    .filter((line) => line !== "");
}
