import { createHash } from "node:crypto";
import { minorOf } from "./pythonVersion.ts";
import type { EnvironmentPlan, Interpreter } from "./request.ts";

/**
 * The plan that makes the very packages of `lock`. Where the environment of the record is still there and holds that lock
 * (`isThere`) it is used; else one is made under a key of its own, with any interpreter of the same minor version:
 * another patch version runs the same wheels.
 */
export function pinPlan(
  plan: EnvironmentPlan,
  {
    lock,
    interpreters,
    isThere,
  }: {
    lock: string;
    /** Of the machine; that of the record stands among them when it is still there. */
    interpreters: readonly Interpreter[];
    isThere: boolean;
  },
): { plan: EnvironmentPlan } | { refusal: string } {
  const same = interpreters.find(({ path }) => path === plan.python.path);
  if (plan.kind === "interpreter") {
    if (!same) return { refusal: `The interpreter ${plan.python.path} is no longer on the machine.` };
    return { plan: { ...plan, python: { ...plan.python, version: same.version } } };
  }
  if (isThere) return { plan: { ...plan, lock } };
  const minor = minorOf(plan.python.version);
  const fits = (candidate: Interpreter): boolean =>
    minorOf(candidate.version) === minor && candidate.implementation === "CPython";
  const found = same && fits(same) ? same : interpreters.find(fits);
  if (!found) {
    return {
      refusal: `The packages were locked for Python ${minor}, and the machine has no Python ${minor} any more.`,
    };
  }
  const python = { ...plan.python, path: found.path, version: found.version, source: found.source };
  return { plan: { ...plan, python, lock, key: lockedKey(plan.key, found.version, lock) } };
}

/** A key that no plan of requirements has: what stands under it is made from this lock and from no other. */
function lockedKey(key: string, python: string, lock: string): string {
  return createHash("sha256").update(JSON.stringify({ key, python, lock })).digest("hex").slice(0, 32);
}
