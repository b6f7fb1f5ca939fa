import { expect, test } from "vitest";
import { isKnownKind, validate, type KnownKind } from "../../src/spec/index.ts";
import { corpusFiles, corpusText, verdicts } from "./corpusTree.ts";
import { plantFaults } from "./faults.ts";

test("of single faults planted in valid files, at least 95 in 100 are caught, with a place", () => {
  const tally = new Map<string, { planted: number; caught: number }>();
  const missed: string[] = [];
  for (const verdict of verdicts.filter((item) => item.accepted && isKnownKind(item.kind))) {
    for (const mutant of plantFaults(corpusText(verdict.path), verdict.kind as KnownKind)) {
      const { valid, problems } = validate(mutant.text, { path: verdict.path, files: corpusFiles });
      const row = tally.get(mutant.fault) ?? { planted: 0, caught: 0 };
      tally.set(mutant.fault, row);
      row.planted += 1;
      const error = problems.find((problem) => problem.severity === "error");
      if (!valid && error !== undefined && error.range.line >= 1 && error.message.length > 20) row.caught += 1;
      else missed.push(`${mutant.fault}: ${mutant.what} in ${verdict.path}`);
    }
  }
  const rows = [...tally.values()];
  const planted = rows.reduce((sum, row) => sum + row.planted, 0);
  const caught = rows.reduce((sum, row) => sum + row.caught, 0);
  const table = [...tally].map(([fault, row]) => `${fault} ${row.caught}/${row.planted}`).join(", ");
  console.log(`caught ${caught} of ${planted}: ${table}`);
  expect(planted).toBeGreaterThanOrEqual(300);
  expect(caught / planted, missed.join("\n")).toBeGreaterThanOrEqual(0.95);
});
