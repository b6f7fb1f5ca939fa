import type { EnvironmentHost } from "./machine.ts";
import { downloadPython, inspectMachine } from "./machine.ts";
import { planEnvironment, type PlanOptions } from "./plan.ts";
import type { EnvironmentFacts, EnvironmentPlan } from "./request.ts";

/**
 * As {@link planEnvironment}; where the machine lacks the wanted Python, uv's own download is tried first (once an hour where it
 * cannot be reached). `facts` in the answer are the newer ones when a Python came in.
 */
export async function planOnMachine(
  options: PlanOptions & { host: EnvironmentHost; signal?: AbortSignal },
): Promise<{ plan: EnvironmentPlan; facts: EnvironmentFacts }> {
  const plan = planEnvironment(options);
  const version = /^\d+\.\d+/.exec(plan.python.wanted ?? "")?.[0];
  const host = options.signal === undefined ? options.host : { ...options.host, signal: options.signal };
  if (plan.python.exact || version === undefined) return { plan, facts: options.facts };
  if (!(await downloadPython({ ...host, version, facts: options.facts }))) return { plan, facts: options.facts };
  const facts = await inspectMachine(host);
  return { plan: planEnvironment({ ...options, facts }), facts };
}
