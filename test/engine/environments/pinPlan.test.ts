import { existsSync, rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureEnvironment, holdsLock } from "#engine/environments/ensure.ts";
import { pinPlan } from "#engine/environments/pinPlan.ts";
import { planEnvironment } from "#engine/environments/plan.ts";
import { machineWith } from "./facts.ts";
import { EnvironmentLab } from "./lab.ts";

const lock = "demo==1.0\n";

describe("the plan of a lock", () => {
  const facts = machineWith("3.11.7", "3.12.1");
  const plan = planEnvironment({ request: { requirements: ["demo"] }, facts });
  const pin = (interpreters = facts.interpreters, isThere = false) => pinPlan(plan, { lock, interpreters, isThere });

  it("is that of the record when its environment is still there", () => {
    expect(pin([], true)).toEqual({ plan: { ...plan, lock } });
  });

  it("has a key of its own when the environment has to be made anew", () => {
    const pinned = pin();
    expect(pinned).toMatchObject({ plan: { lock, python: plan.python } });
    expect("plan" in pinned && pinned.plan.key).not.toBe(plan.key);
    expect(pin()).toEqual(pinned);
  });

  it("takes another patch version of the same Python, and refuses another minor version", () => {
    expect(pin(machineWith("3.12.1", "3.11.9").interpreters)).toMatchObject({
      plan: { python: { version: "3.11.9" } },
    });
    expect(pin(machineWith("3.12.1").interpreters)).toEqual({ refusal: expect.stringContaining("Python 3.11") });
  });

  it("refuses an interpreter that was used as it is and is gone", () => {
    const asItIs = planEnvironment({ request: { localPython: facts.interpreters[0]?.path ?? "" }, facts });
    expect(pinPlan(asItIs, { lock, interpreters: [], isThere: false })).toEqual({
      refusal: expect.stringContaining("no longer on the machine"),
    });
  });
});

describe("an environment made of a lock", { timeout: 180_000 }, () => {
  const lab = new EnvironmentLab();
  beforeAll(() => lab.open([{ name: "demo", version: "1.0" }]), 180_000);
  afterAll(() => lab.close());

  it("has the lock's packages although newer ones would be chosen now", async () => {
    const plan = lab.plan(["demo"]);
    const first = await ensureEnvironment({ ...lab.host, plan });
    rmSync(first.path, { recursive: true });
    expect(existsSync(first.path)).toBe(false);
    lab.add([{ name: "demo", version: "2.0" }]);
    expect(await holdsLock(lab.host, plan.key, first.lock)).toBe(false);
    const pinned = pinPlan(plan, { lock: first.lock, interpreters: lab.facts.interpreters, isThere: false });
    if (!("plan" in pinned)) throw new Error(pinned.refusal);
    const again = await ensureEnvironment({ ...lab.host, plan: pinned.plan });
    expect(again.lock).toBe(first.lock);
    expect(await holdsLock(lab.host, pinned.plan.key, first.lock)).toBe(true);
    // What is asked for by requirements is another environment.
    const newer = await ensureEnvironment({ ...lab.host, plan: lab.plan(["demo>=2"]) });
    expect(newer.lock).toContain("demo==2.0");
  });
});
