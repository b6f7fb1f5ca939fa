import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";

export const root = join(import.meta.dirname, "../..");

/** The environment of this process with the project's own programs (Node 24 among them) first on the PATH. */
export function toolEnvironment(extra: Record<string, string | undefined> = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: `${join(root, "node_modules/.bin")}${delimiter}${process.env["PATH"] ?? ""}`,
    ...extra,
  };
}

export interface Finished {
  /** The exit code; 128 when a signal ended the process. */
  code: number;
  /** Standard output and standard error as they came. Empty when they were passed through. */
  output: string;
  seconds: number;
}

export interface RunOptions {
  cwd?: string;
  /** Variables added to this process's own; undefined takes one away. */
  env?: Record<string, string | undefined>;
  /** Lets the process write to this terminal instead of collecting what it writes. */
  passThrough?: boolean;
  /** Kills the process (SIGKILL) after so many seconds. */
  timeoutSeconds?: number;
}

/** Runs a program to its end. Rejects only when it cannot be started. */
export function run(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<Finished> {
  const started = performance.now();
  const [program, ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd ?? root,
      env: toolEnvironment(options.env),
      stdio: ["ignore", options.passThrough ? "inherit" : "pipe", options.passThrough ? "inherit" : "pipe"],
      ...(options.timeoutSeconds === undefined
        ? {}
        : { timeout: options.timeoutSeconds * 1000, killSignal: "SIGKILL" }),
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.once("error", reject);
    child.once("close", (code) =>
      resolve({ code: code ?? 128, output, seconds: (performance.now() - started) / 1000 }),
    );
  });
}

/** Like {@link run}, but a failing program is an error that carries its words. */
export async function mustRun(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<Finished> {
  const finished = await run(argv, options);
  if (finished.code !== 0) throw new Error(`${argv.join(" ")} ended with ${finished.code}\n${finished.output}`);
  return finished;
}
