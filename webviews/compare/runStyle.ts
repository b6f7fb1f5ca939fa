/** How a run is drawn: never by colour alone, so that a sixth run has the first colour and another dash. */
export interface RunStyle {
  /** Index into the theme's line colours. */
  color: number;
  dash: number[];
}

/** Blue, red, green, purple, yellow. Orange is left out: some themes have it too dark to see, or not at all. */
const colors = [0, 4, 2, 3, 5];
const dashes: readonly number[][] = [[], [8, 4], [2, 3]];

export function runStyle(index: number): RunStyle {
  return {
    color: colors[index % colors.length] ?? 0,
    dash: dashes[Math.floor(index / colors.length) % dashes.length] ?? [],
  };
}
