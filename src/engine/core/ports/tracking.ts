import type { MetricSeries, RunData } from "#contract/routes/jobs.ts";

/** A durable call of a job's program, as the relay wrote it down. `seq` counts from 1 within an attempt. */
export interface RelayCall {
  workspace: string;
  job: string;
  attempt: number;
  seq: number;
  method: string;
  path: string;
  query: string;
  body?: Buffer;
  /** An artifact's bytes, in a file of this machine. */
  file?: { path: string; sha256: string; size: number; contentType: string };
  minted?: { run_id?: string; model_id?: string };
}

export interface TrackingAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer | { file: string };
}

/** One sample of a job's processes, as system metrics of its run. `at` in ms since the epoch. */
export interface SystemSample {
  at: number;
  values: Record<string, number>;
}

/** What jobs ask of tracking. */
export interface TrackingService {
  /** Tells who looks at a run that its status has changed with its job's. */
  runChanged(workspace: string, name: string): void;
  setTags(run: { workspace: string; name: string; tags: Record<string, string | null> }): Promise<void>;
  logSystemMetrics(run: { workspace: string; name: string; samples: SystemSample[] }): Promise<void>;
  /** MLflow's run object, for the relay's own view. */
  runObject(workspace: string, name: string): Promise<{ info: { experiment_id: string }; data: unknown }>;
  /** MLflow's object of a run's experiment, for the relay's own view. */
  experimentObject(workspace: string, run: string): Promise<unknown>;
  /**
   * Carries out durable calls of one attempt, in their order and each exactly once: one that was applied before changes
   * nothing. Settles after the commit that holds them all.
   */
  applyRelayCalls(calls: readonly RelayCall[]): Promise<unknown>;
  answer(request: {
    workspace: string;
    method: string;
    path: string;
    query: string;
    body: Buffer;
    actor: string;
  }): Promise<TrackingAnswer>;
  /** What was refused after the relay had answered for it, one line each. */
  warnings(workspace: string, name: string): Promise<string[]>;
  runData(workspace: string, name: string): Promise<RunData>;
  metricHistory(
    workspace: string,
    name: string,
    request: { keys: readonly string[]; points: number },
  ): Promise<MetricSeries[]>;
}
