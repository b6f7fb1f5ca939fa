import type { Clock } from "#base/clock.ts";
import type { JobStatus } from "#contract/entities/jobStatus.ts";
import type { TrackingService } from "../core/ports/tracking.ts";
import type { JobFields } from "../store/commands/jobChanges.ts";
import type { Store } from "../store/store.ts";
import { isPassing } from "../store/storeFault.ts";

const RETRY_MS = 1000;

/** The job was asked to stop, so the step that was under way has no use any more. */
export class Stopped extends Error {}

/** The lease does not hold any more, or the job is over: whoever works on it lets go without a word. */
export class LeaseLost extends Error {}

/** One job in the hands of one worker. Every change is made only while the lease holds. */
export class JobLease {
  readonly runId: number;
  readonly workspace: string;
  readonly name: string;
  readonly lease: string;
  #abandoned = false;
  readonly #options: {
    store: Store;
    clock: Clock;
    tracking: TrackingService;
    announce: (runId: number) => void;
  };

  constructor(
    job: { runId: number; workspace: string; name: string; lease: string },
    options: { store: Store; clock: Clock; tracking: TrackingService; announce: (runId: number) => void },
  ) {
    this.runId = job.runId;
    this.workspace = job.workspace;
    this.name = job.name;
    this.lease = job.lease;
    this.#options = options;
  }

  /** Moves the job on. Throws {@link Stopped} when somebody asked it to stop, {@link LeaseLost} when it is not ours. */
  async advance(to: JobStatus, evidence: Record<string, unknown>, set: JobFields = {}): Promise<void> {
    const { store, clock } = this.#options;
    const change = { runId: this.runId, lease: this.lease, to, at: clock.now(), actor: "engine", evidence, set };
    checkApplied(await this.#insist(() => store.write("changeJob", change)));
    this.#options.tracking.runChanged(this.workspace, this.name);
    this.#options.announce(this.runId);
  }

  /** Begins the job's next attempt: it is Preparing then. Throws as {@link advance} does. */
  async beginAttempt(attempt: {
    attempt: number;
    compute: string;
    folder: string;
    marker: string;
    gpus: readonly string[];
  }): Promise<void> {
    const { store, clock } = this.#options;
    const row = { ...attempt, runId: this.runId, lease: this.lease, at: clock.now() };
    checkApplied(await this.#insist(() => store.write("beginAttempt", row)));
    this.#options.announce(this.runId);
  }

  async note(set: JobFields): Promise<void> {
    const args = { runId: this.runId, lease: this.lease, at: this.#options.clock.now(), set };
    if (!(await this.#insist(() => this.#options.store.write("noteJob", args)))) throw new LeaseLost();
  }

  /** Ends whatever waits: the engine stops. */
  abandon(): void {
    this.#abandoned = true;
  }

  async warn(warning: string): Promise<void> {
    const added = await this.#options.store.write("warnJob", { runId: this.runId, warning });
    if (added) this.#options.announce(this.runId);
  }

  async release(): Promise<void> {
    await this.#options.store.write("releaseJob", { runId: this.runId, lease: this.lease });
  }

  /** A store that cannot be written at the moment (a full disk) holds a job up; it is no reason to lose it. */
  async #insist<T>(write: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await write();
      } catch (failure) {
        if (!isPassing(failure)) throw failure;
        if (this.#abandoned) throw new LeaseLost();
        await new Promise<void>((resolve) => this.#options.clock.after(RETRY_MS, resolve));
      }
    }
  }
}

function checkApplied({ applied, status }: { applied: boolean; status: JobStatus }): void {
  if (!applied) throw status === "CancelRequested" ? new Stopped() : new LeaseLost();
}
