import type { Points } from "./foreign.ts";

/** More points in one run are taken for a damaged or hostile store. */
const mostPoints = 20_000_000;

/** Gathers points in columns, so that ten million of them cross threads as a few buffers. */
export class PointColumns {
  readonly #keys: string[] = [];
  readonly #counts: number[] = [];
  #timestamps = new Float64Array(256);
  #steps = new Float64Array(256);
  #values = new Float64Array(256);
  #length = 0;

  /** What is added from now on belongs to `key`. */
  begin(key: string): void {
    this.#keys.push(key);
    this.#counts.push(0);
  }

  add(timestamp: number, step: number, value: number): void {
    const at = this.#length++;
    if (at === this.#values.length) this.#grow();
    this.#timestamps[at] = timestamp;
    this.#steps[at] = step;
    this.#values[at] = value;
    this.#counts[this.#counts.length - 1] = (this.#counts.at(-1) ?? 0) + 1;
  }

  finish(): Points {
    return {
      keys: this.#keys,
      counts: this.#counts,
      timestamps: this.#timestamps.slice(0, this.#length),
      steps: this.#steps.slice(0, this.#length),
      values: this.#values.slice(0, this.#length),
    };
  }

  #grow(): void {
    if (this.#length > mostPoints) throw new Error(`It has more than ${mostPoints} metric points.`);
    const grown = (column: Float64Array) => {
      const larger = new Float64Array(column.length * 2);
      larger.set(column);
      return larger;
    };
    this.#timestamps = grown(this.#timestamps);
    this.#steps = grown(this.#steps);
    this.#values = grown(this.#values);
  }
}

/** A number as Python writes it: `nan`, `inf`, `-inf`, `1e-05`. Undefined for what is none. */
export function pythonNumber(text: string): number | undefined {
  const value = Number(text);
  if (value === value && text !== "") return value;
  const match = /^([+-]?)(nan|inf|infinity)$/i.exec(text);
  if (!match) return undefined;
  if (match[2]?.toLowerCase() === "nan") return NaN;
  return match[1] === "-" ? -Infinity : Infinity;
}
