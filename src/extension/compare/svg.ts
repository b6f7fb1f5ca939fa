import type { ComparedSeries } from "#contract/routes/compare.ts";

/** Says things in the language of VS Code, as `vscode.l10n` does. */
export interface Words {
  t(message: string, ...values: (string | number)[]): string;
}

/** Colours that hold on white and on black. */
export const colours = ["#2f80d8", "#d9731a", "#2f9e5b", "#9159c9", "#d0484f", "#a58a12"];

const size = { width: 420, height: 200, left: 56, right: 10, top: 8, bottom: 24 };

/** One metric of all runs over its steps, as a picture without script. Every sixth run has the same colour, so dashes differ. */
export function chartSvg(
  series: ComparedSeries,
  options: { names: readonly string[]; escape: (text: string) => string; l10n: Words },
): string {
  const curves = series.curves.map((curve) => ({
    run: options.names.indexOf(curve.run),
    points: curve.points.flatMap(([step, , value]) => (typeof value === "number" ? [{ step, value }] : [])),
  }));
  const all = curves.flatMap(({ points }) => points);
  const { escape, l10n } = options;
  const title = escape(series.key);
  if (all.length === 0)
    return `<figure><figcaption>${title}</figcaption><p>${escape(l10n.t("No value is a number."))}</p></figure>`;
  const [minX, maxX] = bounds(all.map(({ step }) => step));
  const [minY, maxY] = bounds(all.map(({ value }) => value));
  const { width, height, left, right, top, bottom } = size;
  const x = (step: number): string => (left + ((step - minX) / (maxX - minX || 1)) * (width - left - right)).toFixed(1);
  const y = (value: number): string =>
    (height - bottom - ((value - minY) / (maxY - minY || 1)) * (height - top - bottom)).toFixed(1);
  const lines = curves.map(({ run, points }) => {
    const dash = ["", "6 3", "2 3"][Math.floor(run / colours.length) % 3];
    const path = points.map(({ step, value }) => `${x(step)},${y(value)}`).join(" ");
    return `<polyline points="${path}" fill="none" stroke="${colours[run % colours.length]}" stroke-width="1.5"${dash ? ` stroke-dasharray="${dash}"` : ""}/>`;
  });
  const number = (value: number): string => String(Number(value.toPrecision(4)));
  const about = l10n.t("{0} of {1} runs, from {2} to {3}", series.key, curves.length, number(minY), number(maxY));
  return `<figure><figcaption>${title}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(about)}">
<rect class="frame" x="${left}" y="${top}" width="${width - left - right}" height="${height - top - bottom}"/>
${lines.join("\n")}
<text x="${left - 6}" y="${top + 9}" text-anchor="end">${number(maxY)}</text><text x="${left - 6}" y="${height - bottom}" text-anchor="end">${number(minY)}</text>
<text x="${left}" y="${height - 8}">${number(minX)}</text><text x="${width - right}" y="${height - 8}" text-anchor="end">${escape(l10n.t("step {0}", number(maxX)))}</text>
</svg></figure>`;
}

function bounds(values: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
