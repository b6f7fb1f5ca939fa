import type { JobPort } from "#contract/entities/job.ts";
import type { Transport } from "#transport/transport.ts";
import type { PlannedOutput } from "../jobPlan.ts";
import type { OnProgress } from "../progress.ts";

export interface DataInput {
  type: string;
  path: string;
  mode: string;
}

/** What jobs ask of data. */
export interface DataService {
  /** Whether an input can be had, and what will be said about it; changes nothing. */
  describeInput(request: {
    workspace: string;
    name: string;
    input: DataInput;
  }): Promise<{ note: string; refusal?: string }>;
  /** A literal as the command gets it: a URL that the mirror map knows becomes a path of this machine. */
  literalValue(workspace: string, value: string): Promise<string>;
  /** Brings an input to where the command can read it. Throws `input-unavailable`. */
  resolveInput(request: {
    workspace: string;
    job: string;
    name: string;
    input: DataInput;
    attemptFolder: string;
    transport: Transport;
    signal: AbortSignal;
    onProgress?: OnProgress;
  }): Promise<{ path: string; port: JobPort }>;
  /** A path (on the target) that the command can write the output to. */
  prepareOutput(request: {
    workspace: string;
    job: string;
    name: string;
    output: PlannedOutput;
    attemptFolder: string;
    transport: Transport;
  }): Promise<{ path: string }>;
  /** Keeps what the command wrote, registers it if asked, and notes the lineage. */
  collectOutput(request: {
    workspace: string;
    job: string;
    name: string;
    output: PlannedOutput;
    path: string;
    actor: string;
    transport: Transport;
  }): Promise<JobPort>;
}
