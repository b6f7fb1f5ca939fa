import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { onThemeChange, readTheme, type ChartTheme } from "../shared/chart/theme.ts";
import { boundsOf, nearestCurve, type Curve } from "./curves.ts";
import { runStyle } from "./runStyle.ts";

const height = 230;

export interface Hover {
  run: number;
  x: number;
  y: number;
}

interface Drawn {
  curves: readonly Curve[];
  focus: number | undefined;
  onHover: (hover: Hover | undefined) => void;
}

/**
 * Many lines over one axis on one canvas. The chart library draws frame, axes and zoom; the curves are drawn here, each
 * with its own x, because aligning five hundred histories on a common x costs more than drawing them.
 */
export function OverlayChart(props: Drawn & { xIsTime: boolean; log: boolean; xLabel: string }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const drawn = useRef<Drawn>(props);
  const [theme, setTheme] = useState(readTheme);
  useEffect(() => onThemeChange(() => setTheme(readTheme())), []);
  const { curves, focus, xIsTime, log } = props;

  useEffect(() => {
    drawn.current = props;
  });
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const chart = makeChart({ element, drawn, theme, xIsTime, log });
    plot.current = chart;
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.current = undefined;
      chart.destroy();
    };
  }, [theme, xIsTime, log]);
  useEffect(() => plot.current?.setData(frameOf(curves)), [curves]);
  useEffect(() => plot.current?.redraw(false), [focus]);

  return <div ref={place} aria-hidden="true" onMouseLeave={() => props.onHover(undefined)} />;
}

/** What the library scales its axes by. */
function frameOf(curves: readonly Curve[]): uPlot.AlignedData {
  const bounds = boundsOf(curves);
  if (!bounds)
    return [
      [0, 1],
      [null, null],
    ];
  const [low, high] = bounds.x;
  return [low === high ? [low - 0.5, high + 0.5] : [low, high], bounds.y];
}

function makeChart(options: {
  element: HTMLElement;
  drawn: { current: Drawn };
  theme: ChartTheme;
  xIsTime: boolean;
  log: boolean;
}): uPlot {
  const { element, drawn, theme, log } = options;
  const axis: uPlot.Axis = {
    stroke: theme.text,
    grid: { stroke: theme.grid, width: 1 },
    ticks: { stroke: theme.grid, width: 1 },
  };
  /** After a zoom the values between its ends fill the height. */
  let shown: [number, number] | undefined;
  const yRange = (): [number, number] => {
    const [low, high] = (boundsOf(drawn.current.curves, shown) ?? boundsOf(drawn.current.curves))?.y ?? [0, 1];
    if (log) return low === high ? [low / 2, high * 2] : [low / 1.1, high * 1.1];
    const room = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
    return [low - room, high + room];
  };
  const chart = new uPlot(
    {
      ...{ width: element.clientWidth, height, legend: { show: false } },
      scales: { x: { time: options.xIsTime }, y: log ? { distr: 3, range: yRange } : { range: yRange } },
      axes: [axis, { ...axis, size: 62 }],
      cursor: { drag: { x: true, y: false }, points: { show: false } },
      series: [{}, { stroke: "transparent", width: 0, points: { show: false } }],
      hooks: {
        draw: [(plot) => drawCurves(plot, drawn.current, theme)],
        setCursor: [(plot) => drawn.current.onHover(hoverOf(plot, drawn.current.curves))],
        setScale: [
          (plot, key) => {
            const { min, max } = plot.scales["x"] ?? {};
            if (key !== "x" || min == null || max == null || (shown?.[0] === min && shown[1] === max)) return;
            shown = [min, max];
            const [low, high] = yRange();
            queueMicrotask(() => plot.setScale("y", { min: low, max: high }));
          },
        ],
      },
    },
    frameOf(drawn.current.curves),
    element,
  );
  return chart;
}

/** The run in focus is drawn last, over the others, which step back. */
function drawCurves(plot: uPlot, { curves, focus }: Drawn, theme: ChartTheme): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineJoin = "round";
  const order =
    focus === undefined ? curves : [...curves].sort((a, b) => Number(a.run === focus) - Number(b.run === focus));
  for (const curve of order) {
    const { color, dash } = runStyle(curve.run);
    ctx.globalAlpha = focus !== undefined && curve.run !== focus ? 0.18 : curves.length > 60 ? 0.6 : 1;
    ctx.lineWidth = (curve.run === focus ? 2.6 : curves.length > 60 ? 1 : 1.6) * ratio;
    ctx.strokeStyle = ctx.fillStyle = theme.lines[color] ?? theme.text;
    ctx.setLineDash(dash.map((length) => length * ratio));
    drawCurve(plot, curve);
  }
  ctx.restore();
}

function drawCurve(plot: uPlot, { x, y }: Curve): void {
  const { ctx } = plot;
  let open = false;
  let points = 0;
  ctx.beginPath();
  for (let place = 0; place < x.length; place++) {
    const value = y[place];
    if (value === null || value === undefined) {
      open = false;
      continue;
    }
    const [left, top] = [plot.valToPos(x[place] as number, "x", true), plot.valToPos(value, "y", true)];
    if (open) ctx.lineTo(left, top);
    else ctx.moveTo(left, top);
    open = true;
    if (++points === 1 && x.length === 1) ctx.arc(left, top, 2.5 * devicePixelRatio, 0, 2 * Math.PI);
  }
  ctx.stroke();
}

function hoverOf(plot: uPlot, curves: readonly Curve[]): Hover | undefined {
  const { left, top } = plot.cursor;
  if (left === undefined || top === undefined || left < 0 || top < 0) return undefined;
  const at = { x: plot.posToVal(left, "x"), y: top };
  const found = nearestCurve(curves, at, (value) => plot.valToPos(value, "y"));
  if (!found) return undefined;
  const { curve, place } = found;
  return { run: curve.run, x: curve.x[place] ?? 0, y: curve.y[place] ?? 0 };
}
