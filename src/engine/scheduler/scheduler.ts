import { randomBytes } from "node:crypto";
import { messageOf } from "#base/errors.ts";
import type { JobPlan } from "../core/jobPlan.ts";
import type { Target, Targets } from "../jobs/targets.ts";
import type { UnfinishedJob } from "../store/queries/jobQueue.ts";
import { JobDriver } from "./jobDriver.ts";
import { JobLease, Stopped } from "./lease.ts";
import { choosePlaces, type Place } from "./slots.ts";
import type { WorkServices } from "./work.ts";

/** A target that cannot be asked what it has is asked again after this time. */
const RETRY_MS = 5000;

type Tuning = "graceS" | "sampleIntervalS";
type SchedulerOptions = Omit<WorkServices, Tuning> & Partial<Pick<WorkServices, Tuning>> & { targets: Targets };

/**
 * Starts queued jobs when their target has room and sees each through to its end. Woken by whoever changes something; it
 * never polls. Works on a job only under a lease, and holds no transaction while it works.
 */
export class Scheduler {
  readonly #services: WorkServices;
  readonly #targets: Targets;
  readonly #drivers = new Map<number, { driver: JobDriver; done: Promise<void> }>();
  /** Jobs that shall stop; remembered for those whose driver is only being set up. */
  readonly #canceled = new Set<number>();
  readonly #engine = randomBytes(6).toString("hex");
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #stopped = false;
  #cancelRetry: () => void = () => undefined;

  constructor(options: SchedulerOptions) {
    this.#services = { graceS: 30, sampleIntervalS: 5, ...options };
    this.#targets = options.targets;
  }

  /** Takes up every job that an engine before left unfinished, then starts what waits. Call once, before requests are served. */
  async start(): Promise<void> {
    const { store, logs } = this.#services;
    await store.write("releaseJobLeases", {});
    const jobs = await store.read("unfinishedJobs", {});
    for (const job of jobs) logs.begin({ workspace: job.workspace, job: job.name });
    await Promise.all(jobs.filter((job) => job.attempt > 0).map((job) => this.#adopt(job)));
    for (const job of jobs) if (job.attempt === 0 && job.status === "CancelRequested") await this.#cancelUnstarted(job);
    this.wake();
  }

  /** Something has changed: a job was submitted or is over. */
  wake(): void {
    if (this.#stopped) return;
    this.#lookAgain = true;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
      if (this.#lookAgain) this.wake();
    });
  }

  /** The store says that the job shall stop. */
  cancel(runId: number): void {
    this.#canceled.add(runId);
    this.#drivers.get(runId)?.driver.cancel();
    this.wake();
  }

  /** Lets go of all jobs; what runs on targets goes on. */
  async dispose(): Promise<void> {
    this.#stopped = true;
    this.#cancelRetry();
    for (const { driver } of this.#drivers.values()) driver.stop();
    await Promise.all([...this.#drivers.values()].map(({ done }) => done));
    await this.#looking;
  }

  async #look(): Promise<void> {
    while (this.#lookAgain && !this.#stopped) {
      this.#lookAgain = false;
      try {
        const jobs = await this.#services.store.read("unfinishedJobs", {});
        const byTarget = Map.groupBy(jobs, (job) => job.compute);
        await Promise.all([...byTarget].map(([name, queue]) => this.#fill(name, queue)));
      } catch (failure) {
        this.#retry(messageOf(failure));
      }
    }
  }

  /** Starts what fits on one target. A target that does not answer keeps only its own queue waiting. */
  async #fill(name: string, jobs: UnfinishedJob[]): Promise<void> {
    const target = this.#targets.get(name);
    if (target === undefined || !jobs.some((job) => job.status === "Queued")) return;
    try {
      const capacity = await target.runner.capacity();
      const places = choosePlaces(jobs, capacity, target.concurrency ?? capacity.cores);
      await Promise.all(places.map((place) => this.#begin(place, target)));
    } catch (failure) {
      this.#retry(`${name}: ${messageOf(failure)}`);
    }
  }

  #retry(reason: string): void {
    this.#services.log(`scheduler: ${reason}`);
    this.#cancelRetry();
    this.#cancelRetry = this.#services.clock.after(RETRY_MS, () => this.wake());
  }

  async #begin({ job, gpus }: Place, target: Target): Promise<void> {
    const lease = await this.#lease(job);
    if (lease === undefined) return;
    const attempt = job.attempt + 1;
    const folder = target.runner.attemptFolder(job.workspace, job.name, attempt);
    const ref = { folder, marker: `${job.name}.${attempt}.${randomBytes(8).toString("hex")}` };
    try {
      await lease.beginAttempt({ attempt, compute: target.name, ...ref, gpus });
    } catch (failure) {
      if (!(failure instanceof Stopped)) {
        await lease.release();
        throw failure;
      }
      this.#canceled.add(job.run_id);
    }
    const parts = { job, target, lease, attempt, ref, gpus };
    await this.#drive(parts, { launched: false, cancelRequested: false, offsets: { journal: 0, samples: 0 } });
  }

  async #adopt(job: UnfinishedJob): Promise<void> {
    const target = this.#targets.get(job.compute);
    const attempt = await this.#services.store.read("jobAttempt", { runId: job.run_id, attempt: job.attempt });
    if (target === undefined || attempt === undefined) return;
    const lease = await this.#lease(job);
    if (lease === undefined) return;
    const parts = {
      job,
      target,
      lease,
      attempt: job.attempt,
      ref: { folder: attempt.folder, marker: attempt.marker },
      gpus: JSON.parse(attempt.gpus) as string[],
    };
    await this.#drive(parts, {
      launched: attempt.launched_at !== null,
      cancelRequested: job.status === "CancelRequested",
      offsets: { journal: attempt.journal_offset, samples: attempt.samples_offset },
    });
  }

  /** Between its cancel and its first attempt an engine was lost: nothing has run. */
  async #cancelUnstarted(job: UnfinishedJob): Promise<void> {
    const lease = await this.#lease(job);
    await this.#services.logs.finish({ workspace: job.workspace, job: job.name });
    await lease?.advance("Canceled", { words: "canceled before it was started" });
  }

  async #lease(job: UnfinishedJob): Promise<JobLease | undefined> {
    const { store } = this.#services;
    const lease = `${this.#engine}.${randomBytes(6).toString("hex")}`;
    if (!(await store.write("leaseJob", { runId: job.run_id, lease }))) return undefined;
    return new JobLease({ runId: job.run_id, workspace: job.workspace, name: job.name, lease }, this.#services);
  }

  async #drive(
    parts: {
      job: UnfinishedJob;
      target: Target;
      lease: JobLease;
      attempt: number;
      ref: { folder: string; marker: string };
      gpus: readonly string[];
    },
    beginning: ConstructorParameters<typeof JobDriver>[2],
  ): Promise<void> {
    const { job, target, lease, attempt, ref, gpus } = parts;
    const row = await this.#services.store.read("job", { workspace: job.workspace, name: job.name });
    if (row === undefined || this.#stopped) return;
    const work = {
      job: lease,
      actor: job.actor,
      experimentName: row.experiment_name,
      plan: JSON.parse(row.plan) as JobPlan,
      target,
      attempt,
      ref,
      gpus,
    };
    const driver = new JobDriver(work, this.#services, {
      ...beginning,
      cancelRequested: beginning.cancelRequested || this.#canceled.has(job.run_id),
    });
    const done = driver.run(beginning.offsets).finally(() => {
      this.#drivers.delete(job.run_id);
      this.#canceled.delete(job.run_id);
      this.wake();
    });
    this.#drivers.set(job.run_id, { driver, done });
  }
}
