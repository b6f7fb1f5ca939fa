import { CodedError, messageOf } from "#base/errors.ts";
import type { JobStatus } from "#contract/entities/jobStatus.ts";
import type { ExitRecord, Observation } from "../compute/runner.ts";
import { explainFault } from "../jobs/failure.ts";
import type { JobFields } from "../store/commands/jobChanges.ts";
import { finalize } from "./finalize.ts";
import { follow } from "./follow.ts";
import { LeaseLost, Stopped } from "./lease.ts";
import { prepare } from "./prepare.ts";
import { run } from "./targetCommands.ts";
import { untilReached } from "./untilReached.ts";
import type { Work, WorkServices } from "./work.ts";

/** Where a job's life is taken up: at its first step, or after an engine restart where the store says it was. */
export interface Beginning {
  /** The attempt may have been started on the target: only the target knows. */
  launched: boolean;
  cancelRequested: boolean;
  offsets: { journal: number; samples: number };
}

/** Sees one job through, from its slot to its end. */
export class JobDriver {
  readonly #work: Work;
  readonly #services: WorkServices;
  readonly #abort = new AbortController();
  #observation: Observation | undefined;
  /** The program may run from now on, so a cancel goes to the target. */
  #launched = false;
  #cancelRequested: boolean;
  #stopping = false;
  #stopped: () => void = () => undefined;

  constructor(work: Omit<Work, "signal">, services: WorkServices, beginning: Beginning) {
    this.#work = { ...work, signal: this.#abort.signal };
    this.#services = services;
    this.#launched = beginning.launched;
    this.#cancelRequested = beginning.cancelRequested;
  }

  /** The store says CancelRequested: ends what is under way. */
  cancel(): void {
    this.#cancelRequested = true;
    if (!this.#launched) this.#abort.abort(new Stopped());
    else this.#observation?.cancel(this.#services.graceS);
  }

  /** The engine ends; the attempt goes on. */
  stop(): void {
    this.#stopping = true;
    this.#work.job.abandon();
    this.#observation?.stop();
    this.#abort.abort(new LeaseLost());
    this.#stopped();
  }

  /** Settles when the job is over or not ours any more. Never rejects. */
  async run(offsets: Beginning["offsets"]): Promise<void> {
    const { job, target } = this.#work;
    try {
      if (!this.#launched) await this.#prepare();
      // After a restart nobody knows whether the start was carried out; the target does, and starts nothing twice.
      await untilReached(this.#work, this.#services, () =>
        target.runner.launch(this.#work.ref, { canceled: this.#cancelRequested }),
      );
      await this.#end(await this.#followToExit(offsets));
    } catch (failure) {
      if (this.#stopping || failure instanceof LeaseLost) return;
      if (failure instanceof Stopped || (this.#cancelRequested && !this.#launched)) await this.#finishCanceled();
      else await this.#fail(failure);
    } finally {
      if (!this.#stopping) this.#services.connections.forget(job.runId);
    }
  }

  async #prepare(): Promise<void> {
    const { job, target } = this.#work;
    if (this.#cancelRequested) throw new Stopped();
    target.runner.warm();
    await untilReached(this.#work, this.#services, () => prepare(this.#work, this.#services));
    this.#abort.signal.throwIfAborted();
    await job.advance("Starting", { attempt: this.#work.attempt, folder: this.#work.ref.folder });
    this.#launched = true;
  }

  async #followToExit(offsets: Beginning["offsets"]): Promise<ExitRecord> {
    const { ended, observation } = await follow(this.#work, this.#services, offsets);
    this.#observation = observation;
    if (this.#cancelRequested) observation.cancel(this.#services.graceS);
    const stopped = new Promise<never>((_resolve, reject) => {
      this.#stopped = () => reject(new LeaseLost());
      if (this.#stopping) this.#stopped();
    });
    return Promise.race([ended, stopped]);
  }

  async #end(record: ExitRecord): Promise<void> {
    await this.#work.job.advance("Finalizing", { exit: record }).catch((failure: unknown) => {
      // Finalizing already, when an engine before came so far.
      if (!(failure instanceof LeaseLost)) throw failure;
    });
    await untilReached(this.#work, this.#services, () => finalize(this.#work, this.#services, record));
  }

  /** Stopped before the program ran. */
  async #finishCanceled(): Promise<void> {
    await this.#removeUnstarted();
    return this.#close("Canceled", { words: "canceled before the program was started" });
  }

  async #fail(failure: unknown): Promise<void> {
    const { job } = this.#work;
    this.#services.log(`${job.workspace}/${job.name}: ${(failure as Error).stack ?? messageOf(failure)}`);
    const error = explainFault(failure instanceof CodedError ? failure : new Error(messageOf(failure)));
    await this.#removeUnstarted();
    await this.#close("Failed", { fault: messageOf(failure) }, { error: JSON.stringify(error) });
  }

  /** Nothing of what was being made ready stays on the target: code, inputs and the job's secrets. */
  async #removeUnstarted(): Promise<void> {
    if (this.#launched) return;
    const { job, target, ref } = this.#work;
    await run(target.transport, ["rm", "-rf", ref.folder]).catch((failure: unknown) =>
      this.#services.log(`${job.workspace}/${job.name}: ${messageOf(failure)}`),
    );
  }

  async #close(status: JobStatus, evidence: Record<string, unknown>, set: JobFields = {}): Promise<void> {
    const { job } = this.#work;
    try {
      await this.#services.logs.finish({ workspace: job.workspace, job: job.name });
      await job.advance(status, evidence, set);
    } catch (failure) {
      this.#services.log(`${job.workspace}/${job.name}: ${messageOf(failure)}`);
    }
  }
}
