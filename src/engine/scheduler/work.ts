import type { Clock } from "#base/clock.ts";
import type { AttemptRef } from "../compute/runner.ts";
import type { EventBus } from "../core/events.ts";
import type { JobPlan } from "../core/jobPlan.ts";
import type { ArtifactService } from "../core/ports/artifacts.ts";
import type { CodeService } from "../core/ports/code.ts";
import type { DataService } from "../core/ports/data.ts";
import type { EnvironmentService } from "../core/ports/environments.ts";
import type { TrackingService } from "../core/ports/tracking.ts";
import type { Connections } from "../jobs/connections.ts";
import type { Target } from "../jobs/targets.ts";
import type { LogStore } from "../logs/logStore.ts";
import type { Store } from "../store/store.ts";
import type { JobLease } from "./lease.ts";

/** The engine's parts that the steps of a job need. */
export interface WorkServices {
  store: Store;
  clock: Clock;
  bus: EventBus;
  logs: LogStore;
  environments: EnvironmentService;
  code: CodeService;
  data: DataService;
  tracking: TrackingService;
  artifacts: ArtifactService;
  connections: Connections;
  /** Tells everybody that a job has changed. */
  announce: (runId: number) => void;
  /** URL of a workspace's MLflow API. */
  trackingUri: (workspace: string) => string;
  /** Seconds between SIGTERM and SIGKILL when a job is stopped. */
  graceS: number;
  /** Seconds between two samples of a job's processes. */
  sampleIntervalS: number;
  /** The engine's own log. */
  log: (line: string) => void;
}

/** One attempt of one job in work. */
export interface Work {
  job: JobLease;
  actor: string;
  experimentName: string;
  plan: JobPlan;
  target: Target;
  attempt: number;
  ref: AttemptRef;
  gpus: readonly string[];
  /** Aborted when the job shall stop before its program runs, or the engine ends. */
  signal: AbortSignal;
}
