import { createHash } from "node:crypto";
import type { Clock } from "#base/clock.ts";
import { messageOf } from "#base/errors.ts";
import type { FoundAttempt } from "../compute/runner.ts";
import type { JobPlan } from "../core/jobPlan.ts";
import type { Target } from "../jobs/targets.ts";
import type { Store } from "../store/store.ts";

/**
 * After a store was restored: asks the targets what they hold and makes known what the store has lost of it, so that the
 * scheduler takes it up as after any restart. What stands only in the lost part (inputs, tags, named outputs) is gone.
 * Returns the names of the jobs.
 */
export async function takeUpUnknown(options: {
  store: Store;
  targets: readonly Target[];
  clock: Clock;
  user: string;
  log: (line: string) => void;
}): Promise<string[]> {
  const { store, clock, user, log } = options;
  const taken: string[] = [];
  for (const { name: compute, runner } of options.targets) {
    const found = await runner.attempts().catch((thrown: unknown) => {
      log(`${compute} was not asked what it holds: ${messageOf(thrown)}`);
      return [];
    });
    for (const attempt of found) {
      const job = { ...jobOf(attempt, user), compute, at: clock.now() };
      try {
        if (await store.write("takeUpAttempt", { job, held: attempt })) taken.push(attempt.job);
      } catch (thrown) {
        log(`${attempt.folder} is not taken up: ${messageOf(thrown)}`);
      }
    }
  }
  return taken;
}

function jobOf(found: FoundAttempt, user: string) {
  const { workspace, job: name, command, experiment, run } = found;
  const plan: JobPlan = {
    command,
    inputs: {},
    outputs: {},
    environmentVariables: {},
    timeoutS: null,
    demand: { cpus: 0, memoryBytes: 0, gpus: 0 },
    snapshot: null,
    code: null,
    git: null,
    environment: { label: "unknown", key: "unknown", plan: null },
    notices: [
      "This job was found on its target after the store was restored: what was submitted with it is not known.",
    ],
    shown: {
      ...{ environment: null, resources: null, limits: null, distribution: null, identity: null },
      ...{ queue_settings: null, services: {} },
    },
  };
  return {
    ...{ workspace, name, plan: JSON.stringify(plan), experimentName: experiment },
    ...{ owner: run.user_id ?? user, actor: user, displayName: run.run_name ?? name },
    ...{ type: "command", description: null, parentName: null, sourceFile: null, tags: {}, properties: {} },
    ...{ inputs: "{}", outputs: "{}", priority: 0, cpus: 0, memoryBytes: 0, gpus: found.gpus.length },
    requestDigest: createHash("sha256").update(JSON.stringify(found)).digest("hex"),
  };
}
