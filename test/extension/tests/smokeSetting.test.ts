import { expect, test } from "vitest";
import { smokePairs } from "#extension/tests/smokeSetting.ts";

const setting = { "jobs/train.yml": ["inputs.epochs=1"], "as-it-is.yml": [], "wrong.yml": "inputs.epochs=1" };

test.each([
  ["jobs/train.yml", ["inputs.epochs=1"]],
  ["as-it-is.yml", []],
  ["wrong.yml", undefined],
  ["other.yml", undefined],
  ["toString", undefined],
])("%s", (path, pairs) => {
  expect(smokePairs(setting, path)).toEqual(pairs);
});

test("a setting of another shape names no file", () => {
  for (const value of [null, undefined, "x", ["jobs/train.yml"]])
    expect(smokePairs(value, "jobs/train.yml")).toBeUndefined();
});
