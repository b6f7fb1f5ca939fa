import type { ComparedRun, ComparedSeries } from "#contract/routes/compare.ts";
import { smooth } from "../shared/chart/smoothing.ts";

export type Axis = "step" | "time" | "relative";

/** One run's line, ready to be drawn: `x` grows, `y` has null where there is no number. */
export interface Curve {
  /** Index of the run on the page. */
  run: number;
  x: number[];
  y: (number | null)[];
}

export interface CurveSettings {
  axis: Axis;
  log: boolean;
  smoothing: number;
}

/** Curves of one metric; runs that are no longer on the page are left out. */
export function toCurves(
  series: ComparedSeries,
  runs: readonly ComparedRun[],
  { axis, log, smoothing }: CurveSettings,
): Curve[] {
  const places = new Map(runs.map((run, index) => [run.name, index]));
  return series.curves.flatMap(({ run: name, points }) => {
    const run = places.get(name);
    if (run === undefined) return [];
    const start = runs[run]?.started_at ?? points[0]?.[1] ?? 0;
    const at = ([step, time]: (typeof points)[number]): number =>
      axis === "step" ? step : axis === "time" ? time / 1000 : (time - start) / 1000;
    const sorted = points.map((point) => ({ x: at(point), y: point[2] })).sort((a, b) => a.x - b.x);
    const y = sorted.map((point) => (typeof point.y === "number" && (!log || point.y > 0) ? point.y : null));
    return [{ run, x: sorted.map((point) => point.x), y: smooth(y, smoothing) }];
  });
}

interface Bounds {
  x: [number, number];
  y: [number, number];
}

/** What a chart has to show of the curves, or of the part of them between two x. */
export function boundsOf(curves: readonly Curve[], within?: readonly [number, number]): Bounds | undefined {
  const bounds: Bounds = { x: [Infinity, -Infinity], y: [Infinity, -Infinity] };
  for (const { x, y } of curves) {
    for (let place = 0; place < x.length; place++) {
      const [at, value] = [x[place] as number, y[place]];
      if (value === null || value === undefined || (within && (at < within[0] || at > within[1]))) continue;
      if (at < bounds.x[0]) bounds.x[0] = at;
      if (at > bounds.x[1]) bounds.x[1] = at;
      if (value < bounds.y[0]) bounds.y[0] = value;
      if (value > bounds.y[1]) bounds.y[1] = value;
    }
  }
  return bounds.x[0] <= bounds.x[1] ? bounds : undefined;
}

/** The place in a curve whose x is nearest; -1 in an empty one. */
function nearestPlace(x: readonly number[], wanted: number): number {
  let [low, high] = [0, x.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((x[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  const before = low - 1;
  return before >= 0 && wanted - (x[before] as number) < (x[low] as number) - wanted
    ? before
    : Math.min(low, x.length - 1);
}

/** The curve that passes nearest to a point of the canvas, and where. `toY` gives a value's place on the canvas. */
export function nearestCurve(
  curves: readonly Curve[],
  at: { x: number; y: number },
  toY: (value: number) => number,
): { curve: Curve; place: number } | undefined {
  let best: { curve: Curve; place: number } | undefined;
  let distance = Infinity;
  for (const curve of curves) {
    const place = nearestPlace(curve.x, at.x);
    const value = curve.y[place];
    if (value === null || value === undefined) continue;
    const away = Math.abs(toY(value) - at.y);
    if (away < distance) [best, distance] = [{ curve, place }, away];
  }
  return best;
}
