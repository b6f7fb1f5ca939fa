import type { Db } from "../database.ts";

export interface Point {
  step: number;
  timestamp: number;
  /** `"NaN"` for what is not a number. */
  value: number | string;
}

/**
 * At most `points` points of a metric, in the order of their steps, first and last among them. Of each stretch its
 * lowest and highest are kept when there is room for them, so that a spike stays visible.
 */
export function samplePoints(
  db: Db,
  runId: number,
  keyId: number,
  options: { points: number; steps: { start: number; end: number } | null },
): { total: number; points: Point[] } {
  const history = readHistory(db, runId, keyId, options.steps);
  return { total: history.length, points: chosenPlaces(history, options.points).map((place) => history.point(place)) };
}

/** A whole history in typed arrays, ordered by step, then time: objects would take ten times the memory. */
class History {
  readonly length: number;
  readonly #steps: Float64Array;
  readonly #timestamps: Float64Array;
  readonly #values: Float64Array;
  /** Places in the order of steps, when rows came in another one. */
  #order: Uint32Array | undefined;

  constructor(steps: Float64Array, timestamps: Float64Array, values: Float64Array, length: number) {
    this.length = length;
    this.#steps = steps;
    this.#timestamps = timestamps;
    this.#values = values;
    const later = (a: number, b: number) => at(steps, a) - at(steps, b) || at(timestamps, a) - at(timestamps, b);
    for (let place = 1; place < length; place++) {
      if (later(place - 1, place) <= 0) continue;
      this.#order = Uint32Array.from({ length }, (_, index) => index).sort(later);
      return;
    }
  }

  /** The value at a place; what is not a number counts as 0 here. */
  height(place: number): number {
    return at(this.#values, this.#row(place)) || 0;
  }

  point(place: number): Point {
    const row = this.#row(place);
    const value = at(this.#values, row);
    return {
      step: at(this.#steps, row),
      timestamp: at(this.#timestamps, row),
      value: Number.isNaN(value) ? "NaN" : value,
    };
  }

  #row(place: number): number {
    return this.#order ? (this.#order[place] as number) : place;
  }
}

function at(array: Float64Array, index: number): number {
  return array[index] as number;
}

const counted = "SELECT count(*) AS count FROM metrics WHERE run_id = ? AND key_id = ?";
const all = "SELECT step, timestamp, value FROM metrics WHERE run_id = ? AND key_id = ? AND step BETWEEN ? AND ?";

function readHistory(db: Db, runId: number, keyId: number, steps: { start: number; end: number } | null): History {
  const most = db.get<{ count: number }>(counted, runId, keyId)?.count ?? 0;
  const [stepAt, timestampAt, valueAt] = [new Float64Array(most), new Float64Array(most), new Float64Array(most)];
  const bounds = [steps?.start ?? Number.MIN_SAFE_INTEGER, steps?.end ?? Number.MAX_SAFE_INTEGER];
  const rows = db
    .prepareCached(all)
    .raw(true)
    .iterate(runId, keyId, ...bounds) as Iterable<[number, number, unknown]>;
  let length = 0;
  for (const [step, timestamp, value] of rows) {
    stepAt[length] = step;
    timestampAt[length] = timestamp;
    valueAt[length] = typeof value === "number" ? value : NaN;
    length++;
  }
  return new History(stepAt, timestampAt, valueAt, length);
}

/** Places of the points to show: evenly spread, each stretch giving its lowest and highest. */
function chosenPlaces(history: History, points: number): number[] {
  const { length } = history;
  const last = length - 1;
  if (length <= points) return Array.from({ length }, (_, place) => place);
  if (points === 1) return [last];
  if (points < 4) return points === 2 ? [0, last] : [0, length >> 1, last];
  const stretches = Math.floor((points - 2) / 2);
  const chosen = [0];
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = 1 + Math.floor((stretch * (length - 2)) / stretches);
    const to = 1 + Math.floor(((stretch + 1) * (length - 2)) / stretches);
    if (from >= to) continue;
    let lowest = from;
    let highest = from;
    for (let place = from + 1; place < to; place++) {
      if (history.height(place) < history.height(lowest)) lowest = place;
      if (history.height(place) > history.height(highest)) highest = place;
    }
    chosen.push(Math.min(lowest, highest));
    if (lowest !== highest) chosen.push(Math.max(lowest, highest));
  }
  chosen.push(last);
  return chosen;
}
