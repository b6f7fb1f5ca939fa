import type { Clock } from "#base/clock.ts";
import type { EnvironmentHost } from "./machine.ts";
import { downloadPython, inspectMachine } from "./machine.ts";
import { planEnvironment, type PlanOptions } from "./plan.ts";
import type { EnvironmentFacts, EnvironmentPlan } from "./request.ts";

/** How long a machine that could not download a Python is not asked again. */
const RETRY_AFTER_MS = 3_600_000;

/** Plans for a machine that may lack the wanted Python: uv's own download is tried before another minor version is taken. */
export class PythonDownloads {
  readonly #clock: Clock;
  readonly #failedAt = new Map<string, number>();

  constructor(options: { clock: Clock }) {
    this.#clock = options.clock;
  }

  /** As {@link planEnvironment}. `facts` in the answer are newer than those given when a Python came in. */
  async plan(
    options: PlanOptions & { host: EnvironmentHost },
  ): Promise<{ plan: EnvironmentPlan; facts: EnvironmentFacts }> {
    const { host, facts } = options;
    const plan = planEnvironment(options);
    const version = /^\d+\.\d+/.exec(plan.python.wanted ?? "")?.[0];
    if (plan.python.exact || version === undefined) return { plan, facts };
    const key = `${host.root}\0${version}`;
    const failedAt = this.#failedAt.get(key);
    if (failedAt !== undefined && this.#clock.monotonic() - failedAt < RETRY_AFTER_MS) return { plan, facts };
    if (!(await downloadPython({ ...host, version, facts }))) {
      this.#failedAt.set(key, this.#clock.monotonic());
      return { plan, facts };
    }
    const newer = await inspectMachine(host);
    return { plan: planEnvironment({ ...options, facts: newer }), facts: newer };
  }
}
