import type { Connection } from "#contract/entities/job.ts";

/** Where an attempt lives: the runner's own handle, kept in the store and given back after a restart. */
export interface AttemptRef {
  /** Folder of the attempt on the target. */
  folder: string;
  marker: string;
}

/** What the machine under a runner is and has; the scheduler's slots are made of it. */
export interface Capacity {
  os: string;
  arch: string;
  hostname: string;
  bootId: string;
  python: string;
  cores: number;
  /** The processor's own name, and the kernel's release; empty when the machine does not say. */
  cpu: string;
  kernel: string;
  memoryBytes: number;
  diskFreeBytes: number;
  gpus: readonly Gpu[];
  /** `podman` or `docker`, when there is one on the PATH. */
  containerEngine: string | null;
  /** The batch system that the machine submits to (`slurm`, `pbs`, `lsf`), when there is one. */
  scheduler: string | null;
}

export interface Gpu {
  uuid: string;
  index: number;
  name: string;
  memoryBytes: number;
  driver: string | null;
}

/** Everything the target needs to run one attempt. Units: seconds. */
export interface LaunchSpec {
  job: string;
  attempt: number;
  argv: readonly [string, ...string[]];
  /** Working directory on the target; exists already. */
  cwd: string;
  env: Readonly<Record<string, string>>;
  unset: readonly string[];
  timeoutS: number | null;
  graceS: number;
  sampleIntervalS: number;
  /** Devices the program may see; null leaves the machine's own choice alone. */
  gpus: readonly string[] | null;
  /** Base environment from which the attempt gets its own overlay; null where there is none. */
  overlay: { base: string; path: string; debug?: DebugDoor } | null;
  /** The container that the program runs in; absent for a plain process. Paths inside are the target's own. */
  container?: LaunchContainer;
  /** What the attempt's relay needs to answer for the tracking server; null when nothing is tracked. */
  relay: { run: unknown; experiment: unknown; token: string; waitS: number; env: readonly string[] } | null;
}

/** How a container is made for an attempt. The launcher adds name, variables, entry point and command. */
export interface LaunchContainer {
  /** Container engine on the target's PATH. */
  program: "podman" | "docker";
  /** The same for the same attempt, so that it can be removed by whoever is left. */
  name: string;
  /** Options of `run`. */
  options: readonly string[];
  /** Id or name. */
  image: string;
}

/** What an overlay needs so that its Python programs listen for a debugger. Paths on the target. */
export interface DebugDoor {
  /** Where each program says on which port it listens. */
  folder: string;
  /** Folder that holds the package debugpy. */
  debugpy: string;
  /** Seconds that each program waits for a debugger before its first line. */
  wait_s: number;
}

/** How an attempt ended, as the target wrote it down. Written once, never changed. Times are ms since the epoch. */
export interface ExitRecord {
  code: number | null;
  signal: string | null;
  reason: "exited" | "canceled" | "timeout" | "launcher_lost" | "start_failed";
  started_at: number | null;
  ended_at: number;
  duration_ms: number | null;
  evidence: Record<string, unknown>;
}

/** An attempt that was started and not closed, as its target tells of it. Nothing in it is sure: a job can write there. */
export interface FoundAttempt extends AttemptRef {
  workspace: string;
  job: string;
  attempt: number;
  command: string;
  gpus: readonly string[];
  experiment: string;
  run: { run_name?: string | undefined; user_id?: string | undefined };
}

/** What the launcher says of a living attempt. */
export interface LaunchState {
  phase: "starting" | "running" | "exited";
  boot_id: string;
  started_at: number | null;
}

/** A call of the program to its tracking server that needs the engine. */
export interface RelayRequest {
  seq: number;
  method: string;
  path: string;
  query: string;
  body: string;
}

/** The engine's answer. The body is bytes, or a file that the runner brings to the target (and then removes here). */
export interface RelayReply {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Buffer | { file: string };
}

/** How far an observer has already got: bytes of each log by rank, of the journal and of the samples. */
export interface Offsets {
  log: Readonly<Record<string, number>>;
  journal: number;
  samples: number;
}

/**
 * Receives what an attempt does. Calls for one attempt come one after another: the next is made when the promise of the
 * one before has settled, which is how a slow reader holds the target back. `exit` comes after every byte.
 */
export interface AttemptObserver {
  state(state: LaunchState): Promise<void>;
  log(rank: number, offset: number, bytes: Buffer): Promise<void>;
  /** Whole lines. */
  journal(offset: number, bytes: Buffer): Promise<void>;
  /** Whole lines. */
  samples(offset: number, bytes: Buffer): Promise<void>;
  exit(record: ExitRecord): Promise<void>;
  /** Not in order with the rest: a request may wait for an answer while logs go on. */
  request(request: RelayRequest): Promise<RelayReply>;
  connection(connection: Connection): void;
  /** A fault of the copying itself, in the target's words. */
  fault(message: string): void;
}

export interface Observation {
  /** Tells the target that all journal entries up to `seq` are applied. */
  applied(seq: number): void;
  /** Asks the attempt to stop: SIGTERM to its whole tree, SIGKILL after `graceS` seconds. Asking twice is harmless. */
  cancel(graceS: number): void;
  /** Ends the observation; the attempt goes on. */
  stop(): void;
}

/** Runs attempts on one target. An implementation per way of running (direct, a cluster's scheduler…). */
export interface Runner {
  /** What the target is and has, as it was a short while ago; as it is now with `fresh`. */
  capacity(options?: { fresh: boolean }): Promise<Capacity>;
  /** Folder on the target for one attempt. */
  attemptFolder(workspace: string, job: string, attempt: number): string;
  /** Puts the attempt's specification in place. Only before the first {@link launch}. */
  stage(ref: AttemptRef, spec: LaunchSpec): Promise<void>;
  /**
   * Starts a staged attempt; "duplicate" when it was started before (which the target knows, so asking again is safe).
   * With `canceled` it is asked to stop beforehand: one that was not started yet leaves its exit record without ever
   * running its program.
   */
  launch(ref: AttemptRef, options?: { canceled: boolean }): Promise<"started" | "duplicate">;
  /**
   * Follows an attempt from `from` on, over broken connections, until its exit or {@link Observation.stop}. Also the way
   * to adopt an attempt after an engine restart.
   */
  observe(ref: AttemptRef, from: Offsets, observer: AttemptObserver): Observation;
  /** Attempts that the target holds and no engine has closed: what a store that lost its last part does not know. */
  attempts(): Promise<FoundAttempt[]>;
  /** Gets the connection ready ahead of a launch. */
  warm(): void;
  dispose(): Promise<void>;
}
