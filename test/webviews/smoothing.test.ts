import { expect, it } from "vitest";
import { smooth } from "../../webviews/shared/chart/smoothing.ts";

it("leaves values alone at weight 0", () => {
  expect(smooth([1, null, 3], 0)).toEqual([1, null, 3]);
});

it("does not drag the first values to zero, and keeps a constant constant", () => {
  for (const value of smooth([5, 5, 5, 5], 0.9)) expect(value).toBeCloseTo(5, 12);
});

it("weighs the past: a step is approached, not jumped to", () => {
  const [, , , last] = smooth([0, 0, 0, 1], 0.5);
  expect(last).toBeCloseTo(0.5 / (1 - 0.5 ** 4), 12);
});

it("keeps gaps as gaps and does not count them", () => {
  expect(smooth([4, null, 4], 0.5)).toEqual([4, null, 4]);
});
