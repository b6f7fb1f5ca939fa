import { describe, expect, it } from "vitest";
import { notBuilt } from "../cli/built.ts";
import { mutants } from "./mutants/list.ts";
import { tryMutant } from "./mutants/try.ts";

const quick = mutants.filter(({ isQuick }) => isQuick);

describe.skipIf(notBuilt)(`the checker can fail${notBuilt ? `: ${notBuilt}` : ""}`, { timeout: 300_000 }, () => {
  it.each(quick.map((mutant) => [mutant.name, mutant] as const))("without a guard: %s", async (_name, mutant) => {
    const { outcome, words } = await tryMutant(mutant);
    expect(outcome, words).toBe("caught");
  });
});
