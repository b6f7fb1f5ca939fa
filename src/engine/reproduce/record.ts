import { CodedError } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import type { JobPlan } from "../core/jobPlan.ts";
import type { Trees } from "../snapshots/trees.ts";
import type { JobRow } from "../store/queries/jobs.ts";
import type { Store } from "../store/store.ts";

/** What is kept of a run that was submitted, and holds all that another run of it needs. */
export interface RunRecord {
  row: JobRow;
  plan: JobPlan;
  /** The exact packages of its environment. */
  lock: string;
}

/**
 * The record of a run that is over and was submitted here. Throws `not-found`, and `conflict` for a run that has no such
 * record, with what to do instead.
 */
export async function readRecord(store: Store, workspace: string, name: string): Promise<RunRecord> {
  const [row, plain, lock] = await Promise.all([
    store.read("job", { workspace, name }),
    store.read("plainRun", { workspace, name }),
    store.read("jobLock", { workspace, name }),
  ]);
  if (!row) {
    if (plain) throw notOurs(name, plain.parent_name);
    throw slipwayError("not-found", `There is no job ${name} in the workspace ${workspace}.`, {
      next: "`slipway job list` shows the jobs of a workspace.",
    });
  }
  if (!isTerminal(row.status)) {
    throw slipwayError("conflict", `The job ${name} is ${row.status}: what it leaves is not known yet.`, {
      next: `Wait for its end; \`slipway job stream -n ${name}\` follows it.`,
    });
  }
  if (lock === null) {
    throw slipwayError("conflict", `The job ${name} ended before its environment was ready, so no lock was recorded.`, {
      next: "There is nothing to reproduce; submit its job file again.",
    });
  }
  return { row, plan: JSON.parse(row.plan) as JobPlan, lock };
}

/** Why a run that an MLflow client made has nothing to go by. */
export function notOurs(name: string, parent: string | null): Error {
  if (parent !== null) {
    return slipwayError("conflict", `${name} is a run inside of ${parent} and has no record of its own.`, {
      next: `\`slipway job reproduce ${parent}\` runs the job again whose program made it.`,
    });
  }
  return slipwayError(
    "conflict",
    `The run ${name} was not started by Slipway: its code and environment are not recorded.`,
    {
      next: "Submit its program as a job; such a run can be reproduced.",
    },
  );
}

/** Throws `not-found` when the code of a run is not in the store any more, with what to do instead. */
export async function mustHaveCode({ row, plan }: Pick<RunRecord, "row" | "plan">, trees: Trees): Promise<void> {
  if (plan.snapshot === null) return;
  const lost = await trees.missing(plan.snapshot.digest).catch((thrown: unknown) => {
    if (thrown instanceof CodedError && (thrown.code === "not-found" || thrown.code === "blob-corrupt")) return null;
    throw thrown;
  });
  if (lost?.length === 0) return;
  const what = lost === null ? "was collected" : `has lost ${lost.slice(0, 3).join(", ")}`;
  const source = row.source_file === null ? "its job file" : row.source_file;
  throw slipwayError(
    "not-found",
    `The code of ${row.name} is no longer kept: its snapshot ${plan.snapshot.digest.slice(0, 12)} ${what}.`,
    {
      next: `Restore SLIPWAY_HOME from a backup, or submit ${source} again: that takes the folder's present code.`,
      details: { snapshot: plan.snapshot.digest, files: lost ?? [] },
    },
  );
}
