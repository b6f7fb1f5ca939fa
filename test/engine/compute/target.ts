import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import type { Connection } from "#contract/entities/job.ts";
import { DirectRunner } from "#engine/compute/direct/directRunner.ts";
import type {
  AttemptObserver,
  AttemptRef,
  ExitRecord,
  LaunchSpec,
  LaunchState,
  RelayReply,
  RelayRequest,
} from "#engine/compute/runner.ts";
import { LocalTransport } from "#transport/local/localTransport.ts";
import { buildLauncher } from "../../../tools/build/launcher.ts";

/** A target root on this machine with the real launcher, and a runner over the local transport. */
export async function makeTarget() {
  const root = await realpath(await mkdtemp(join(tmpdir(), "slipway-target-")));
  const launcher = await buildLauncher(join(root, "built/slipway_launcher.py"));
  const open = (): { runner: DirectRunner; transport: LocalTransport } => {
    const transport = new LocalTransport();
    const stagingFolder = join(root, "staging");
    const runner = new DirectRunner({
      transport,
      clock: systemClock,
      root: join(root, "target"),
      launcher,
      stagingFolder,
    });
    return { runner, transport };
  };
  return { root, open, dispose: () => rm(root, { recursive: true, force: true }) };
}

/** An attempt's folder as the engine prepares it. */
export async function makeAttempt(runner: DirectRunner, job: string): Promise<AttemptRef> {
  const folder = runner.attemptFolder("default", job, 1);
  await mkdir(join(folder, "wd"), { recursive: true, mode: 0o700 });
  return { folder, marker: `${job}.1.${randomBytes(4).toString("hex")}` };
}

export function shell(ref: AttemptRef, script: string, more: Partial<LaunchSpec> = {}): LaunchSpec {
  return {
    job: "job",
    attempt: 1,
    argv: ["/bin/bash", "-c", script],
    cwd: join(ref.folder, "wd"),
    env: {},
    unset: [],
    timeoutS: null,
    graceS: 1,
    sampleIntervalS: 1,
    gpus: null,
    overlay: null,
    relay: null,
    ...more,
  };
}

/** Writes down everything that it is told. */
export class Recorder implements AttemptObserver {
  readonly states: LaunchState[] = [];
  readonly connections: Connection[] = [];
  readonly faults: string[] = [];
  readonly requests: RelayRequest[] = [];
  log_ = new Map<number, Buffer>();
  journalText = "";
  samplesText = "";
  readonly ended: Promise<ExitRecord>;
  #end: (record: ExitRecord) => void = () => undefined;

  constructor() {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  text(rank = 0): string {
    return (this.log_.get(rank) ?? Buffer.alloc(0)).toString("utf8");
  }

  state(state: LaunchState): Promise<void> {
    this.states.push(state);
    return Promise.resolve();
  }
  log(rank: number, offset: number, bytes: Buffer): Promise<void> {
    const had = this.log_.get(rank) ?? Buffer.alloc(0);
    if (offset !== had.length) this.faults.push(`log of ${rank} at ${offset}, had ${had.length}`);
    this.log_.set(rank, Buffer.concat([had, bytes]));
    return Promise.resolve();
  }
  journal(_offset: number, bytes: Buffer): Promise<void> {
    this.journalText += bytes.toString("utf8");
    return Promise.resolve();
  }
  samples(_offset: number, bytes: Buffer): Promise<void> {
    this.samplesText += bytes.toString("utf8");
    return Promise.resolve();
  }
  exit(record: ExitRecord): Promise<void> {
    this.#end(record);
    return Promise.resolve();
  }
  request(request: RelayRequest): Promise<RelayReply> {
    this.requests.push(request);
    return Promise.resolve({ status: 200, headers: {}, body: Buffer.from("{}") });
  }
  connection(connection: Connection): void {
    this.connections.push(connection);
  }
  fault(message: string): void {
    this.faults.push(message);
  }
}
