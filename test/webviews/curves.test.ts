import { expect, it } from "vitest";
import type { ComparedRun } from "#contract/routes/compare.ts";
import { boundsOf, nearestCurve, toCurves } from "../../webviews/compare/curves.ts";

const run = (name: string, started_at: number | null = 1000): ComparedRun => ({
  ...{ name, display_name: name, experiment_name: "e", status: "Completed", started_at, ended_at: null, label: "" },
});
const settings = { axis: "step", log: false, smoothing: 0 } as const;

it("a run that has left the page is not drawn, and the others keep their places", () => {
  const curves = toCurves(
    {
      key: "loss",
      curves: ["gone", "b"].map((name) => ({ run: name, total: 1, points: [[0, 2000, 1]] })),
    },
    [run("a"), run("b")],
    settings,
  );
  expect(curves).toEqual([{ run: 1, x: [0], y: [1] }]);
});

it("what is no number is a gap, and so is what a logarithm has not", () => {
  const series = {
    key: "loss",
    curves: [
      {
        run: "a",
        total: 3,
        points: [
          [0, 0, "NaN"],
          [1, 0, -1],
          [2, 0, 4],
        ] as [number, number, number | string][],
      },
    ],
  };
  expect(toCurves(series, [run("a")], settings)[0]?.y).toEqual([null, -1, 4]);
  expect(toCurves(series, [run("a")], { ...settings, log: true })[0]?.y).toEqual([null, null, 4]);
});

it("time is counted from each run's own start", () => {
  const series = {
    key: "loss",
    curves: [{ run: "a", total: 1, points: [[0, 3000, 1]] as [number, number, number][] }],
  };
  expect(toCurves(series, [run("a")], { ...settings, axis: "relative" })[0]?.x).toEqual([2]);
});

it("the curve under the mouse is the one that passes nearest there", () => {
  const curves = [
    { run: 0, x: [0, 10, 20], y: [1, 1, 1] },
    { run: 1, x: [0, 5, 20], y: [9, null, 9] },
    { run: 2, x: [], y: [] },
  ];
  const toY = (value: number) => 100 - value * 10;
  expect(nearestCurve(curves, { x: 11, y: 95 }, toY)).toEqual({ curve: curves[0], place: 1 });
  expect(nearestCurve(curves, { x: 19, y: 5 }, toY)).toEqual({ curve: curves[1], place: 2 });
  expect(nearestCurve([], { x: 1, y: 1 }, toY)).toBeUndefined();
});

it("after a zoom only what is in sight counts for the height", () => {
  const curves = [{ run: 0, x: [0, 1, 2], y: [100, 1, 2] }];
  expect(boundsOf(curves)?.y).toEqual([1, 100]);
  expect(boundsOf(curves, [0.5, 3])?.y).toEqual([1, 2]);
  expect(boundsOf(curves, [5, 6])).toBeUndefined();
});
