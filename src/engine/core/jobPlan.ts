import type { GitState } from "#contract/entities/job.ts";
import type { LoadedEnvironmentField } from "#spec/index.ts";

/** An input as submitted: a literal already rendered as Python would, or data that is found when the job starts. */
export type PlannedInput =
  { kind: "literal"; value: string } | { kind: "data"; type: string; path: string; mode: string };

export interface PlannedOutput {
  type: string;
  path: string | null;
  mode: string;
  /** Register as an asset of this name (and version). */
  name: string | null;
  version: string | null;
}

/** What a job asks of its target. */
export interface Demand {
  cpus: number;
  memoryBytes: number;
  /** Devices to be leased for this job alone; 0 = none is leased. */
  gpus: number;
}

/** What a run's numbers may depend on and no lock can hold. */
export interface Machine {
  hostname: string;
  cpu: string;
  kernel: string;
  gpus: { name: string; driver: string | null }[];
}

/**
 * A job as it was understood at submit: everything that a start needs, so that neither the YAML file nor the code folder
 * is read again. Kept with the job as JSON.
 */
export interface JobPlan {
  /** The command with its expressions still in it; paths are known when the job starts. */
  command: string;
  inputs: Record<string, PlannedInput>;
  outputs: Record<string, PlannedOutput>;
  environmentVariables: Record<string, string>;
  /** Seconds; null for no limit. */
  timeoutS: number | null;
  demand: Demand;
  /** The frozen code; null for a job without any. */
  snapshot: { digest: string; files: number; bytes: number } | null;
  /** As the YAML says it, for the job's own record. */
  code: string | null;
  /** Absolute path of the folder that the code came from; absent when it is not known. */
  codePath?: string;
  git: GitState | null;
  environment: {
    label: string;
    key: string;
    /** Version and path of the interpreter, for people; absent in records of older engines. */
    python?: string;
    /** The document's `environment` as it was loaded; null for a plain script. Absent in records of older engines. */
    asked?: LoadedEnvironmentField | null;
    /** What the environments part planned; given back to it when the job starts. */
    plan: unknown;
    /** Whether the program runs in a container, and why; absent where there was no choice. */
    runtime?: { kind: "container" | "python"; reason: string };
  };
  notices: string[];
  /** The target as it was at the submit; absent when it did not answer. */
  machine?: Machine;
  /** For a job that can be debugged: how long its programs wait for a debugger, and the folder that its code came from. */
  debug?: { waitS: number; codeRoot: string | null };
  /** Parts of the document that are only shown. */
  shown: {
    environment: string | null;
    resources: Record<string, unknown> | null;
    limits: Record<string, unknown> | null;
    distribution: Record<string, unknown> | null;
    identity: Record<string, unknown> | null;
    queue_settings: Record<string, unknown> | null;
    services: Record<string, { type: string }>;
  };
}
