/**
 * Reaching a machine. A transport moves bytes and starts processes; it knows nothing of jobs.
 * Implementations live side by side (`local/`, `ssh/`) and never import one another.
 */
import type { Readable, Writable } from "node:stream";

/** How a process on the machine ended. Exactly one of `code` and `signal` is set. */
export interface ExitStatus {
  code: number | null;
  signal: string | null;
}

export interface ExecOptions {
  /** Working directory on the machine; the user's home when absent. */
  cwd?: string;
  /** Variables added to (or, with `undefined`, taken from) the machine's own environment. */
  env?: Record<string, string | undefined>;
  /** Ends the process when aborted. */
  signal?: AbortSignal;
}

/** A running process. The streams carry raw bytes and obey backpressure. */
export interface RemoteProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when the process is gone and its streams are drained. Never rejects for a non-zero exit. */
  readonly exit: Promise<ExitStatus>;
  kill(signal: "SIGTERM" | "SIGKILL" | "SIGINT"): void;
}

/** What a machine is, as found by {@link Transport.probe}. */
export interface MachineFacts {
  os: string;
  arch: string;
  hostname: string;
  /** Home folder of the user on the machine. */
  home: string;
}

export interface Transport {
  /** `local`, `ssh`: for messages only. */
  readonly kind: string;
  /** Paths on the machine are paths here as well, so nothing needs to be copied to be read. */
  readonly sharesFiles: boolean;
  /** Starts `argv` without a shell. Throws a `CodedError` when the machine cannot be reached or the program is missing. */
  exec(argv: readonly [string, ...string[]], options?: ExecOptions): Promise<RemoteProcess>;
  /** Copies a file or folder of this machine to `to` on the machine: written beside it, then renamed. */
  put(from: string, to: string): Promise<void>;
  /** Copies a file or folder of the machine to `to` on this machine: written beside it, then renamed. */
  get(from: string, to: string): Promise<void>;
  probe(): Promise<MachineFacts>;
  close(): Promise<void>;
}
