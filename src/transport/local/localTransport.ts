import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { homedir, hostname } from "node:os";
import type { Readable, Writable } from "node:stream";
import { CodedError, errnoOf, messageOf } from "#base/errors.ts";
import type { ExecOptions, ExitStatus, MachineFacts, RemoteProcess, Transport } from "../transport.ts";
import { copyInto } from "./copy.ts";

/** How long an aborted process gets between SIGTERM and SIGKILL. */
const ABORT_GRACE_MS = 2000;

/** This machine, through the same port as any other. */
export class LocalTransport implements Transport {
  readonly kind = "local";
  readonly sharesFiles = true;
  readonly #running = new Set<LocalProcess>();

  async exec(argv: readonly [string, ...string[]], options: ExecOptions = {}): Promise<RemoteProcess> {
    const [program, ...args] = argv;
    const cwd = options.cwd ?? homedir();
    options.signal?.throwIfAborted();
    // Its own process group, so that a signal reaches the helpers that the program starts as well.
    const child = spawn(program, args, { cwd, env: merged(options.env), stdio: "pipe", detached: true });
    try {
      await once(child, "spawn");
    } catch (failure) {
      throw await startError(failure, program, cwd);
    }
    const running = new LocalProcess(child, options.signal);
    this.#running.add(running);
    void running.exit.then(() => this.#running.delete(running));
    return running;
  }

  put(from: string, to: string): Promise<void> {
    return copyInto(from, to);
  }

  get(from: string, to: string): Promise<void> {
    return copyInto(from, to);
  }

  probe(): Promise<MachineFacts> {
    return Promise.resolve({
      os: process.platform,
      arch: process.arch,
      hostname: hostname(),
      home: homedir(),
    });
  }

  /** Ends every process that was started here and is still running. */
  async close(): Promise<void> {
    const running = [...this.#running];
    for (const one of running) one.abort();
    await Promise.all(
      running.map((one) => {
        one.stdout.resume();
        one.stderr.resume();
        return one.exit;
      }),
    );
  }
}

class LocalProcess implements RemoteProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exit: Promise<ExitStatus>;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess, signal: AbortSignal | undefined) {
    const { stdin, stdout, stderr } = child;
    if (stdin === null || stdout === null || stderr === null) throw new Error("the process has no pipes");
    this.#child = child;
    this.stdin = stdin;
    this.stdout = stdout;
    this.stderr = stderr;
    // Writing to a process that is gone is no fault of the writer: its exit tells.
    stdin.on("error", () => undefined);
    const onAbort = (): void => this.abort();
    this.exit = new Promise((resolve) => {
      child.once("close", (code, name) => {
        signal?.removeEventListener("abort", onAbort);
        resolve({ code, signal: name });
      });
    });
    if (signal?.aborted) this.abort();
    else signal?.addEventListener("abort", onAbort, { once: true });
  }

  kill(signal: "SIGTERM" | "SIGKILL" | "SIGINT"): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch (failure) {
      if (errnoOf(failure) !== "ESRCH") throw failure;
    }
  }

  abort(): void {
    this.kill("SIGTERM");
    const timer = setTimeout(() => this.kill("SIGKILL"), ABORT_GRACE_MS);
    void this.exit.then(() => clearTimeout(timer));
  }
}

function merged(added: ExecOptions["env"]): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, ...added };
  for (const [name, value] of Object.entries(env)) if (value === undefined) delete env[name];
  return env;
}

async function startError(failure: unknown, program: string, cwd: string): Promise<CodedError> {
  const isFolder = await stat(cwd).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    return new CodedError({
      code: "file-not-found",
      status: 400,
      message: `There is no folder ${cwd} to start ${program} in`,
      cause: failure,
    });
  }
  return new CodedError({
    code: "tool-not-found",
    status: 424,
    message: `${program} could not be started: ${messageOf(failure)}`,
    next: `Install ${program}, or give its full path in the settings.`,
    cause: failure,
  });
}
