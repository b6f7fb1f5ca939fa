import type { Transport } from "#transport/transport.ts";

/** Where a job's program runs: in a container, in a Python environment, or in whichever is at hand. */
export type Runtime = "auto" | "container" | "python";

/** What a container has to give a job, beyond its image. */
export interface ContainerNeeds {
  /** GPUs that the job has leased for it. */
  gpus: number;
  /** Bytes; 0 for no limit. */
  memoryBytes: number;
  shmSize: string | null;
  /** `resources.docker_args` as the YAML has it. */
  dockerArgs: string | readonly string[] | null;
  /** The job's Python programs shall listen for a debugger. */
  debug: boolean;
}

/** An environment as planned before the run. */
export interface PlannedEnvironment {
  label: string;
  /** Content hash of everything that decides what is installed. */
  key: string;
  cached: boolean;
  /** Version and path of the interpreter, for people. */
  python: string;
  /** One line each: what was asked for, what is used instead, and why. */
  report: string[];
  /** Why it cannot be made here; empty when it can. */
  refusals: string[];
  /** Where the program runs and why; absent where nothing was asked that leaves a choice. */
  runtime?: { kind: "container" | "python"; reason: string };
  /** Kept with the job and given back to {@link EnvironmentService.ensure}. */
  plan: unknown;
}

/** An environment that is there. */
export interface ReadyEnvironment {
  /** Folder of the environment, or an interpreter: what the attempt's overlay is chained to. */
  base: string;
  /** Every package with its version. */
  lock: string;
  /** The image to run in, instead of an overlay on `base`. */
  container?: ReadyContainer;
}

/** An image that is on the target and that its container engine can run. */
export interface ReadyContainer {
  program: "podman" | "docker";
  /** Id of the image. */
  image: string;
  /** The shell in the image that takes the command. */
  shell: string;
  /** The engine has an init of its own, which passes signals on and collects orphans. */
  init: boolean;
  /** Options that decide which user the program is, inside and for files. */
  user: readonly string[];
  /** The program is root inside, so the image's own home folder can be written. */
  isRoot: boolean;
  /** Passes GPUs on; an id or `all`. */
  gpus: boolean;
  /** Options that the job's `resources` ask for. */
  resources: readonly string[];
}

/** The environment of a run's record, to be had once more. */
export interface PinnedEnvironment {
  key: string;
  /** As {@link PlannedEnvironment.python}. */
  python: string;
  plan: unknown;
  /** True when the packages are those of the lock; false for an interpreter that is used as it is. */
  locked: boolean;
  /** Why it cannot be had here; null when it can. */
  refusal: string | null;
}

/** What reproducing a run asks of environments. */
export interface EnvironmentPins {
  /** Plans the very packages of `lock`, for the `plan` of a record. Builds nothing. */
  pin(request: { plan: unknown; lock: string }): Promise<PinnedEnvironment>;
}

/** What jobs ask of environments. */
export interface EnvironmentService {
  /** Plans `document` (the YAML's `environment`, or null) without building anything. `folder` is where its paths begin. */
  plan(request: {
    workspace: string;
    target: string;
    document: unknown;
    folder: string;
    /** Interpreter that the user chose, used when the document names no environment. */
    python: string | undefined;
    /** `auto` when left out. */
    runtime?: Runtime | undefined;
    needs?: ContainerNeeds;
  }): Promise<PlannedEnvironment>;
  /** Builds it unless it is there. Of many callers for one key one builds and the others wait. Throws `environment-failed`. */
  ensure(request: {
    plan: unknown;
    transport: Transport;
    /** Receives the build's own words as they come. */
    log: (text: string) => Promise<void>;
    signal: AbortSignal;
  }): Promise<ReadyEnvironment>;
  /**
   * Folder on the target that holds the debugger for the environment of `plan`, which is there already. Installed once, beside the
   * environments. Throws `environment-failed` when it cannot be had.
   */
  debugger(request: {
    plan: unknown;
    base: string;
    transport: Transport;
    log: (text: string) => Promise<void>;
    signal: AbortSignal;
  }): Promise<string>;
}
