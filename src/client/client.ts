import type { Disposable } from "#base/disposable.ts";
import { slipwayHome } from "#base/home.ts";
import type { EngineRecord } from "#contract/engineRecord.ts";
import type { Job } from "#contract/entities/job.ts";
import type { SubmitJob } from "#contract/entities/submit.ts";
import type * as z from "zod";
import { buildCalls, type ApiCalls, type CallOptions } from "./calls.ts";
import { Connection } from "./connection.ts";
import { findBundle } from "./engine/bundle.ts";
import { EventStream, type EventFilter, type EventListener } from "./events.ts";
import { followLog, type LogPlace } from "./followLog.ts";

export interface ConnectOptions {
  /** SLIPWAY_HOME; that of the process's environment when not given. */
  home?: string;
  /** A file or folder of what was built (`import.meta.filename`, `__filename`): where an engine is started from. */
  from?: string;
  /** Start an engine when none runs, and replace an idle one of another build. On when `from` is given. */
  start?: boolean;
  /** The Node that the user's setting names. */
  node?: string | undefined;
  /** Variables for an engine that is started: settings travel this way. */
  environment?: Record<string, string>;
  /** Told what the user should know, such as that a busy engine of another build is used. */
  notice?: (line: string) => void;
  /** Check each reply against the contract. On unless start-up time matters more. */
  checkReplies?: boolean;
}

/** Every route as a typed method, and what takes more than one request. */
export interface SlipwayClient extends ApiCalls, Disposable {
  readonly home: string;
  /** The engine that this client talks to at the moment. */
  readonly engine: EngineRecord;
  /** Subscribes to the engine's events; they go on over engine restarts. Dispose of it to end. */
  events(filter: EventFilter, listener: EventListener): EventStream;
  /** The bytes of a log, followed to its end over engine restarts, none lost or doubled. */
  followLog(place: LogPlace, options?: CallOptions): AsyncGenerator<Buffer>;
  /** Submits under the document's name or a fresh one, so that a lost reply is retried and the job made once. */
  submit(workspace: string, job: z.input<typeof SubmitJob>, options?: CallOptions): Promise<Job>;
  dispose(): void;
}

/**
 * A client of the engine of `home`. Throws `engine-not-running` when none runs and none may be started,
 * `engine-start-failed` when it cannot be.
 */
export async function connect(options: ConnectOptions = {}): Promise<SlipwayClient> {
  const home = options.home ?? slipwayHome();
  const start = options.start ?? options.from !== undefined;
  const connection = new Connection({
    home,
    bundle: options.from === undefined ? undefined : findBundle(options.from),
    start,
    node: options.node,
    environment: options.environment,
    notice: options.notice ?? (() => undefined),
    checkReplies: options.checkReplies ?? true,
  });
  let engine = await connection.open();
  const calls = buildCalls((name, args, callOptions) => connection.call(name, args, callOptions));
  return {
    ...calls,
    home,
    get engine() {
      return (engine = connection.record ?? engine);
    },
    events: (filter, listener) => new EventStream({ connection, filter, listener, revive: start }),
    followLog: (place, callOptions) => followLog(calls, place, callOptions),
    async submit(workspace, job, callOptions) {
      const name = job.name ?? (await nameFor(job.source));
      return calls.submitJob({ params: { workspace }, body: name === undefined ? job : { ...job, name } }, callOptions);
    },
    dispose: () => connection.dispose(),
  };
}

/** Reading YAML is only needed to submit. */
async function nameFor(source: z.input<typeof SubmitJob>["source"]): Promise<string | undefined> {
  return (await import("./jobName.ts")).jobNameFor(source);
}
