import { useEffect, useId, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { l10n } from "../l10n.ts";
import { smooth } from "./smoothing.ts";
import { onThemeChange, readTheme, type ChartTheme } from "./theme.ts";

export interface Line {
  name: string;
  x: readonly number[];
  /** Null is a gap: not-a-number or an infinity. */
  y: readonly (number | null)[];
}

const height = 190;

/** Lines over one axis, with a table twin for those who cannot see a canvas. */
export function LineChart(props: {
  title: string;
  lines: readonly Line[];
  xLabel: string;
  xIsTime: boolean;
  logScale: boolean;
  smoothing: number;
  /** Points in the whole history, when `lines` holds a sample. */
  total: number;
}) {
  const place = useRef<HTMLDivElement>(null);
  const heading = useId();
  const [theme, setTheme] = useState(readTheme);
  useEffect(() => onThemeChange(() => setTheme(readTheme())), []);
  const { lines, xLabel, xIsTime, logScale, smoothing } = props;

  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const data = uPlot.join(lines.map((line) => [[...line.x], smooth(line.y, smoothing)]) as uPlot.AlignedData[]);
    const chart = new uPlot(
      options({ width: element.clientWidth, lines, theme, xLabel, xIsTime, logScale }),
      data,
      element,
    );
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [lines, theme, xLabel, xIsTime, logScale, smoothing]);

  return (
    <figure className="chart" aria-labelledby={heading}>
      <figcaption id={heading}>{props.title}</figcaption>
      <div ref={place} aria-hidden="true" />
      <details>
        <summary>{l10n.t("Values of {0}", props.title)}</summary>
        <ValueTable lines={lines} xLabel={xLabel} total={props.total} />
      </details>
    </figure>
  );
}

const mostRows = 50;

function ValueTable(props: { lines: readonly Line[]; xLabel: string; total: number }) {
  const rows = props.lines.flatMap((line) => line.x.map((x, index) => ({ name: line.name, x, y: line.y[index] })));
  const shown = rows.slice(-mostRows);
  return (
    <table className="values">
      <caption>{l10n.t("The last {0} of {1} values", shown.length, props.total)}</caption>
      <thead>
        <tr>
          <th scope="col">{l10n.t("Metric")}</th>
          <th scope="col">{props.xLabel}</th>
          <th scope="col">{l10n.t("Value")}</th>
        </tr>
      </thead>
      <tbody>
        {shown.map((row, index) => (
          <tr key={index}>
            <td>{row.name}</td>
            <td>{row.x}</td>
            <td>{row.y ?? l10n.t("not a number")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function options(chart: {
  width: number;
  lines: readonly Line[];
  theme: ChartTheme;
  xLabel: string;
  xIsTime: boolean;
  logScale: boolean;
}): uPlot.Options {
  const { theme } = chart;
  const axis: uPlot.Axis = {
    stroke: theme.text,
    grid: { stroke: theme.grid, width: 1 },
    ticks: { stroke: theme.grid, width: 1 },
  };
  const few = chart.lines.every((line) => line.x.length < 60);
  return {
    width: chart.width,
    height,
    scales: { x: { time: chart.xIsTime }, y: chart.logScale ? { distr: 3 } : {} },
    axes: [axis, { ...axis, size: 62 }],
    legend: { live: true },
    cursor: { drag: { x: true, y: false } },
    series: [
      { label: chart.xLabel },
      ...chart.lines.map((line, index): uPlot.Series => ({
        label: line.name,
        stroke: theme.lines[index % theme.lines.length] ?? theme.text,
        width: 1.5,
        points: { show: few, size: 4 },
        spanGaps: false,
      })),
    ],
  };
}
