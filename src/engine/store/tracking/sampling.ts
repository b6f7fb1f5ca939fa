import type { Db } from "../database.ts";

export interface Point {
  step: number;
  timestamp: number;
  /** `"NaN"` for what is not a number. */
  value: number | string;
}

/**
 * At most `points` points of a metric, in the order of their steps, first and last among them. Beside one point of each
 * stretch its lowest and highest are kept when there is room for them, so that a spike stays visible.
 */
export function samplePoints(
  db: Db,
  runId: number,
  keyId: number,
  options: { points: number; steps: { start: number; end: number } | null },
): { total: number; points: Point[] } {
  const { steps } = options;
  const all = db.prepareCached(
    steps
      ? "SELECT step, timestamp, value FROM metrics WHERE run_id = ? AND key_id = ? AND step BETWEEN ? AND ?"
      : "SELECT step, timestamp, value FROM metrics WHERE run_id = ? AND key_id = ?",
  );
  const rows = all.raw(true).all(...(steps ? [runId, keyId, steps.start, steps.end] : [runId, keyId])) as Row[];
  rows.sort(byStep);
  const chosen = choose(rows, options.points);
  return {
    total: rows.length,
    points: chosen.map(([step, timestamp, value]) => ({ step, timestamp, value })),
  };
}

type Row = [step: number, timestamp: number, value: number | string];

function byStep(a: Row, b: Row): number {
  return a[0] - b[0] || a[1] - b[1];
}

/** Picks rows evenly; each stretch gives its lowest and highest value. */
function choose(rows: readonly Row[], points: number): readonly Row[] {
  if (rows.length <= points) return rows;
  const last = rows[rows.length - 1] as Row;
  if (points === 1) return [last];
  const first = rows[0] as Row;
  if (points < 4) return points === 2 ? [first, last] : [first, rows[rows.length >> 1] as Row, last];
  const stretches = Math.floor((points - 2) / 2);
  const chosen: Row[] = [first];
  const inner = rows.length - 2;
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = 1 + Math.floor((stretch * inner) / stretches);
    const to = 1 + Math.floor(((stretch + 1) * inner) / stretches);
    if (from >= to) continue;
    let lowest = from;
    let highest = from;
    for (let at = from; at < to; at++) {
      if (numberOf(rows[at]) < numberOf(rows[lowest])) lowest = at;
      if (numberOf(rows[at]) > numberOf(rows[highest])) highest = at;
    }
    chosen.push(rows[Math.min(lowest, highest)] as Row);
    if (lowest !== highest) chosen.push(rows[Math.max(lowest, highest)] as Row);
  }
  chosen.push(last);
  return chosen;
}

function numberOf(row: Row | undefined): number {
  return typeof row?.[2] === "number" ? row[2] : 0;
}
