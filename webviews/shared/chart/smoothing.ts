/**
 * Exponential moving average with its start corrected for bias, as TensorBoard smooths. `weight` lies in [0, 1): 0 leaves
 * the values as they are. Gaps (null) stay gaps and do not count.
 */
export function smooth(values: readonly (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0) return [...values];
  let average = 0;
  let seen = 0;
  return values.map((value) => {
    if (value === null) return null;
    seen++;
    average = average * weight + (1 - weight) * value;
    return average / (1 - weight ** seen);
  });
}
