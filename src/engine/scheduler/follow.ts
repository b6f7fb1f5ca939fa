import type { Connection } from "#contract/entities/job.ts";
import type {
  AttemptObserver,
  ExitRecord,
  LaunchState,
  Observation,
  RelayReply,
  RelayRequest,
} from "../compute/runner.ts";
import { userLog } from "../jobs/logPaths.ts";
import { LeaseLost, Stopped } from "./lease.ts";
import { applyJournal } from "./relayFeed.ts";
import { toSystemSamples } from "./samples.ts";
import type { Work, WorkServices } from "./work.ts";

/** Offsets of journal and samples are saved this often; what lies between is taken over twice after a crash, harmlessly. */
const SAVE_EVERY_MS = 1000;

/**
 * Takes over what a started attempt does, until its exit record. `from` are the offsets that a run of the engine before
 * has reached. The promise settles after every byte is kept.
 */
export async function follow(
  work: Work,
  services: WorkServices,
  from: { journal: number; samples: number },
): Promise<{ ended: Promise<ExitRecord>; observation: Observation }> {
  const owner = { workspace: work.job.workspace, job: work.job.name };
  const log: Record<string, number> = {};
  // Ranks are counted up without a gap, so the first log that is not there ends the search.
  for (let rank = 0; ; rank++) {
    const size = await services.logs.size(owner, userLog(rank));
    if (size === 0 && rank > 0) break;
    log[rank] = size;
  }
  const follower = new Follower(work, services, from);
  const observation = work.target.runner.observe(work.ref, { log, ...from }, follower);
  follower.observation = observation;
  return { ended: follower.ended, observation };
}

class Follower implements AttemptObserver {
  observation: Observation | undefined;
  readonly ended: Promise<ExitRecord>;
  readonly #work: Work;
  readonly #services: WorkServices;
  readonly #offsets: { journal: number; samples: number };
  #savedAt = -Infinity;
  #isRunning = false;
  #end: (record: ExitRecord) => void = () => undefined;

  constructor(work: Work, services: WorkServices, from: { journal: number; samples: number }) {
    this.#work = work;
    this.#services = services;
    this.#offsets = { ...from };
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  async state(state: LaunchState): Promise<void> {
    if (state.phase === "starting" || this.#isRunning) return;
    this.#isRunning = true;
    const { job } = this.#work;
    const started = state.started_at ?? this.#services.clock.now();
    try {
      await job.advance("Running", { state }, { started_at: started });
    } catch (failure) {
      // Running before (an engine restart), or asked to stop meanwhile: neither changes what is being followed.
      if (!(failure instanceof LeaseLost || failure instanceof Stopped)) throw failure;
    }
  }

  async log(rank: number, offset: number, bytes: Buffer): Promise<void> {
    const { workspace, name: job } = this.#work.job;
    await this.#services.logs.append({ workspace, job }, userLog(rank), offset, bytes);
  }

  async journal(offset: number, bytes: Buffer): Promise<void> {
    const last = await applyJournal(this.#work, this.#services, bytes);
    this.#offsets.journal = offset + bytes.length;
    await this.#save();
    if (last > 0) this.observation?.applied(last);
  }

  async samples(offset: number, bytes: Buffer): Promise<void> {
    const { workspace, name } = this.#work.job;
    await this.#services.tracking.logSystemMetrics({ workspace, name, samples: toSystemSamples(bytes) });
    this.#offsets.samples = offset + bytes.length;
    await this.#save();
  }

  async request(request: RelayRequest): Promise<RelayReply> {
    const { workspace, name } = this.#work.job;
    const { method, path, query, body } = request;
    const call = { workspace, method, path, query, body: Buffer.from(body ?? ""), actor: name };
    return this.#services.tracking.answer(call);
  }

  async exit(record: ExitRecord): Promise<void> {
    const { runId } = this.#work.job;
    const attempt = { runId, attempt: this.#work.attempt };
    await Promise.all([
      this.#save(true),
      this.#services.store.write("attemptExited", { ...attempt, exit: JSON.stringify(record) }),
    ]);
    this.#end(record);
  }

  connection(connection: Connection): void {
    const { runId } = this.#work.job;
    this.#services.connections.set(runId, connection);
    this.#services.announce(runId);
  }

  fault(message: string): void {
    this.#services.log(`${this.#work.job.workspace}/${this.#work.job.name}: ${message}`);
    void this.#work.job.warn(message).catch((failure: unknown) => this.#services.log(String(failure)));
  }

  async #save(now = false): Promise<void> {
    const at = this.#services.clock.monotonic();
    if (!now && at - this.#savedAt < SAVE_EVERY_MS) return;
    this.#savedAt = at;
    const { runId } = this.#work.job;
    await this.#services.store.write("saveOffsets", { runId, attempt: this.#work.attempt, ...this.#offsets });
  }
}
