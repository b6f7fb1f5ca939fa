import { memo, useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import type { ComparedRun, ComparedSeries } from "#contract/routes/compare.ts";
import { Check } from "../shared/ui/Check.tsx";
import { Choice } from "../shared/ui/Choice.tsx";
import { Section } from "../shared/ui/Section.tsx";
import { numberWords } from "../shared/words.ts";
import { l10n, language } from "../shared/l10n.ts";
import type { CompareHost } from "./compareHost.ts";
import { boundsOf, toCurves, type Axis, type Curve, type CurveSettings } from "./curves.ts";
import { OverlayChart, type Hover } from "./OverlayChart.tsx";
import { Swatch } from "./Swatch.tsx";

const axes: readonly { value: Axis; label: string }[] = [
  { value: "step", label: l10n.t("Step") },
  { value: "time", label: l10n.t("Time") },
  { value: "relative", label: l10n.t("Seconds since start") },
];

/** One chart for each metric, all runs over each other. A chart's curves are asked for when it comes into sight. */
export const Curves = memo(function Curves(props: {
  keys: readonly string[];
  runs: readonly ComparedRun[];
  series: ReadonlyMap<string, ComparedSeries>;
  focus: number | undefined;
  onFocus: (run: number | undefined) => void;
  host: CompareHost;
}) {
  const { keys, runs, series, focus, onFocus, host } = props;
  const [settings, setSettings] = useState<CurveSettings>(() => ({
    ...{ axis: "step", log: false, smoothing: 0 },
    ...(host.remembered()["curves"] as Partial<CurveSettings> | undefined),
  }));
  const change = useCallback(
    (part: Partial<CurveSettings>) =>
      setSettings((now) => {
        const next = { ...now, ...part };
        host.remember({ curves: next });
        return next;
      }),
    [host],
  );
  const setLog = useCallback((log: boolean) => change({ log }), [change]);
  const slider = useId();
  const watch = useSight(useCallback((seen: string[]) => host.send({ type: "series", keys: seen }), [host]));
  if (keys.length === 0) {
    return (
      <Section title={l10n.t("Curves")}>
        <p className="quiet">{l10n.t("None of these runs has logged a metric more than once.")}</p>
      </Section>
    );
  }
  return (
    <Section
      title={l10n.t("Curves")}
      aside={
        <div className="row">
          <Choice label={l10n.t("Over")} value={settings.axis} options={axes} onChoose={(axis) => change({ axis })} />
          <label className="field" htmlFor={slider}>
            {l10n.t("Smoothing {0}", settings.smoothing.toFixed(2))}
            <input
              {...{ id: slider, type: "range", min: 0, max: 0.99, step: 0.01, value: settings.smoothing }}
              onChange={(event) => change({ smoothing: Number(event.target.value) })}
            />
          </label>
          <Check label={l10n.t("Logarithmic")} checked={settings.log} onChange={setLog} />
        </div>
      }
    >
      <div className="charts">
        {keys.map((key) => (
          <div key={key} ref={watch} data-key={key} className="chart-place">
            <MetricChart {...{ name: key, runs, settings, focus, onFocus }} series={series.get(key)} />
          </div>
        ))}
      </div>
    </Section>
  );
});

/** Tells the keys of elements when they come into sight, each once and those of one moment together. */
function useSight(onSeen: (keys: string[]) => void): (element: HTMLElement | null) => void {
  const seen = useRef(new Set<string>());
  const observer = useMemo(
    () =>
      new IntersectionObserver(
        (entries) => {
          const keys = entries
            .filter((entry) => entry.isIntersecting)
            .map((entry) => (entry.target as HTMLElement).dataset["key"] ?? "")
            .filter((key) => !seen.current.has(key));
          for (const key of keys) seen.current.add(key);
          if (keys.length > 0) onSeen(keys.slice(0, 100));
        },
        { rootMargin: "200px" },
      ),
    [onSeen],
  );
  useEffect(() => () => observer.disconnect(), [observer]);
  return useCallback((element) => element && observer.observe(element), [observer]);
}

const MetricChart = memo(function MetricChart(props: {
  name: string;
  series: ComparedSeries | undefined;
  runs: readonly ComparedRun[];
  settings: CurveSettings;
  focus: number | undefined;
  onFocus: (run: number | undefined) => void;
}) {
  const { name, series, runs, settings, focus, onFocus } = props;
  const heading = useId();
  const [hover, setHover] = useState<Hover>();
  const curves = useMemo(() => (series ? toCurves(series, runs, settings) : []), [series, runs, settings]);
  const onHover = useCallback(
    (found: Hover | undefined) => {
      setHover(found);
      onFocus(found?.run);
    },
    [onFocus],
  );
  const xLabel = axes.find(({ value }) => value === settings.axis)?.label ?? "";
  return (
    <figure className="chart" aria-labelledby={heading}>
      <figcaption id={heading}>{name}</figcaption>
      {series ? (
        <>
          <OverlayChart {...{ curves, focus, onHover, xLabel }} xIsTime={settings.axis === "time"} log={settings.log} />
          <p className="readout" aria-hidden="true">
            {hover && (
              <>
                <Swatch run={hover.run} /> <strong>{runs[hover.run]?.display_name}</strong> {numberWords(hover.y)}
                <span className="quiet">
                  {" "}
                  · {xLabel.toLowerCase()}{" "}
                  {settings.axis === "time"
                    ? new Date(hover.x * 1000).toLocaleTimeString(language)
                    : numberWords(hover.x)}
                </span>
              </>
            )}
          </p>
          <CurveTable name={name} curves={curves} runs={runs} />
        </>
      ) : (
        <p className="quiet waiting">{l10n.t("Reading…")}</p>
      )}
    </figure>
  );
});

const mostRows = 50;

/** The chart for those who cannot see a canvas. Its rows are made when it is opened. */
function CurveTable({ name, curves, runs }: { name: string; curves: readonly Curve[]; runs: readonly ComparedRun[] }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{l10n.t("Values of {0}", name)}</summary>
      {open && (
        <table className="values">
          <caption>{l10n.t("{0} of {1} runs", Math.min(mostRows, curves.length), curves.length)}</caption>
          <thead>
            <tr>
              {[l10n.t("Run"), l10n.t("Last"), l10n.t("Lowest"), l10n.t("Highest")].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {curves.slice(0, mostRows).map((curve) => {
              const bounds = boundsOf([curve]);
              const last = curve.y.findLast((value) => value !== null);
              return (
                <tr key={curve.run}>
                  <th scope="row">{runs[curve.run]?.display_name}</th>
                  <td>{last == null ? l10n.t("not a number") : numberWords(last)}</td>
                  <td>{bounds ? numberWords(bounds.y[0]) : ""}</td>
                  <td>{bounds ? numberWords(bounds.y[1]) : ""}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </details>
  );
}
