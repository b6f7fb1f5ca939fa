import type { ReproducedMetric } from "#contract/routes/reproduce.ts";
import type { MetricPair } from "../store/queries/reproduce.ts";

/** A metric of both runs: the same only when every point is, bit for bit. */
export function compareMetric(pair: MetricPair): ReproducedMetric {
  return {
    key: pair.key,
    state: stateOf(pair),
    original: pair.original,
    reproduction: pair.reproduction,
    points: [pair.original_points, pair.points],
    differing_points: pair.differing,
    relative_difference: pair.relative,
  };
}

function stateOf({ original_points: before, points, differing }: MetricPair): ReproducedMetric["state"] {
  if (before === 0) return "added";
  if (points === 0) return "missing";
  return differing === 0 ? "same" : "changed";
}
