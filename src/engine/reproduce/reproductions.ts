import type { Clock } from "#base/clock.ts";
import { slipwayError } from "#contract/errors.ts";
import type { Job } from "#contract/entities/job.ts";
import type { Reproductions as Found } from "#contract/routes/reproduce.ts";
import type { StoredFiles } from "../artifacts/storedFiles.ts";
import type { ArtifactService } from "../core/ports/artifacts.ts";
import type { EnvironmentPins } from "../core/ports/environments.ts";
import type { DigestOf } from "./pinInputs.ts";
import { makeJobName } from "../jobs/jobName.ts";
import { checkedName, type Jobs } from "../jobs/jobs.ts";
import { machineOf } from "../jobs/submission.ts";
import type { Targets } from "../jobs/targets.ts";
import type { Trees } from "../snapshots/trees.ts";
import type { Store } from "../store/store.ts";
import { newRun, reproducesKey } from "./newRun.ts";
import { pinInputs } from "./pinInputs.ts";
import { mustHaveCode, readRecord } from "./record.ts";
import { reportOf } from "./report.ts";

export interface ReproductionsOptions {
  store: Store;
  clock: Clock;
  jobs: Jobs;
  targets: Targets;
  trees: Trees;
  inputs: { digestOf: DigestOf };
  pins: EnvironmentPins;
  artifacts: ArtifactService;
  files: StoredFiles;
}

/** Runs that do a recorded run again, and how they stand to it. */
export class Reproductions {
  readonly #options: ReproductionsOptions;

  constructor(options: ReproductionsOptions) {
    this.#options = options;
  }

  /**
   * Queues a run from the record of another: code by its snapshot, packages by their lock, data by content, all else as
   * recorded. Throws, with what to do instead, when the record lacks something: `conflict`, `not-found` for code that
   * was collected, `input-unavailable` for data that is gone or changed, `environment-refused`, `target-unreachable`.
   */
  async reproduce(
    workspace: string,
    original: string,
    request: { name: string | undefined; actor: string },
  ): Promise<Job> {
    const { store, clock, jobs, targets, trees, inputs, pins } = this.#options;
    const name = checkedName(request.name ?? makeJobName());
    const record = await readRecord(store, workspace, original);
    const { row, plan, lock } = record;
    await mustHaveCode(record, trees);
    const target = targets.get(row.compute);
    if (!target) {
      throw slipwayError("not-found", `${original} ran on ${row.compute}, and no target has that name now.`, {
        next: "`slipway compute list` shows the targets. Clone the run to have it elsewhere.",
      });
    }
    const [pinned, environment, capacity] = await Promise.all([
      pinInputs(record, (...input) => inputs.digestOf(...input)),
      pins.pin({ plan: plan.environment.plan, lock }),
      target.runner.capacity().catch(() => undefined),
    ]);
    if (environment.refusal !== null) {
      throw slipwayError(
        "environment-refused",
        `The environment of ${original} cannot be had: ${environment.refusal}`,
        {
          next: "Install that Python on the machine, or clone the run and choose another environment.",
        },
      );
    }
    const machine = capacity && machineOf(capacity);
    const given = { name, actor: request.actor, at: clock.now(), inputs: pinned, environment, machine };
    return jobs.add(newRun(record, given));
  }

  /** The report of a run that reproduces another, and the runs that reproduce this one. Throws `not-found`. */
  async of(workspace: string, name: string): Promise<Found> {
    const { store, jobs } = this.#options;
    const row = await store.read("job", { workspace, name });
    if (!row) {
      await jobs.mustHave(workspace, name);
      return { reproduces: null, report: null, reproduced_by: [] };
    }
    const original = (JSON.parse(row.properties) as Record<string, string>)[reproducesKey];
    const [source, reproducedBy] = await Promise.all([
      original === undefined ? undefined : store.read("job", { workspace, name: original }),
      store.read("reproducedBy", { runId: row.run_id, name }),
    ]);
    return {
      reproduces: original ?? null,
      report: source === undefined ? null : await reportOf({ original: source, reproduction: row }, this.#options),
      reproduced_by: reproducedBy,
    };
  }
}
