import { useCallback, useId, useMemo, useState } from "react";
import type { MetricSeries } from "#contract/routes/jobs.ts";
import { LineChart, type Line } from "../shared/chart/LineChart.tsx";
import { Check } from "../shared/ui/Check.tsx";
import { Choice } from "../shared/ui/Choice.tsx";
import { Section } from "../shared/ui/Section.tsx";
import { numberWords } from "../shared/words.ts";
import { l10n } from "../shared/l10n.ts";
import type { JobHost } from "./jobHost.ts";

type Axis = "step" | "time" | "relative";

const axes: readonly { value: Axis; label: string }[] = [
  { value: "step", label: l10n.t("Step") },
  { value: "time", label: l10n.t("Time") },
  { value: "relative", label: l10n.t("Seconds since start") },
];

interface ChartSettings {
  axis: Axis;
  log: boolean;
  smoothing: number;
}

/** Histories as charts; what has one value only, as a number. Settings stay over a reload. */
export function Metrics(props: {
  /** What was measured of the machine, not logged by the program. */
  system: boolean;
  series: readonly MetricSeries[];
  startedAt: number | null;
  host: JobHost;
}) {
  const { system, series, startedAt, host } = props;
  const title = system ? l10n.t("System metrics") : l10n.t("Metrics");
  const key = system ? "charts of system metrics" : "charts";
  const [settings, setSettings] = useState<ChartSettings>(() => ({
    axis: system ? "relative" : "step",
    log: false,
    smoothing: 0,
    ...(host.remembered()[key] as Partial<ChartSettings> | undefined),
  }));
  const change = useCallback(
    (part: Partial<ChartSettings>) =>
      setSettings((now) => {
        const next = { ...now, ...part };
        host.remember({ [key]: next });
        return next;
      }),
    [host, key],
  );
  const setLog = useCallback((log: boolean) => change({ log }), [change]);
  const slider = useId();

  const single = series.filter(({ total }) => total === 1);
  const curves = series.filter(({ total }) => total > 1);
  if (series.length === 0) {
    return system ? null : (
      <Section title={title}>
        <p className="quiet">
          {l10n.t(
            "Nothing has been logged yet. What mlflow.log_metric or mlflow.autolog() writes is drawn here as it arrives.",
          )}
        </p>
      </Section>
    );
  }
  return (
    <Section
      title={title}
      aside={
        curves.length > 0 && (
          <div className="row">
            <Choice label={l10n.t("Over")} value={settings.axis} options={axes} onChoose={(axis) => change({ axis })} />
            <label className="field" htmlFor={slider}>
              {l10n.t("Smoothing {0}", settings.smoothing.toFixed(2))}
              <input
                id={slider}
                type="range"
                min={0}
                max={0.99}
                step={0.01}
                value={settings.smoothing}
                onChange={(event) => change({ smoothing: Number(event.target.value) })}
              />
            </label>
            <Check label={l10n.t("Logarithmic")} checked={settings.log} onChange={setLog} />
          </div>
        )
      }
    >
      {single.length > 0 && (
        <p className="row">
          {single.map(({ key: name, points }) => (
            <span key={name}>
              <span className="quiet">{name}</span> <strong>{numberWords(points[0]?.[2] ?? "")}</strong>
            </span>
          ))}
        </p>
      )}
      <div className="charts">
        {curves.map((curve) => (
          <Curve key={curve.key} series={curve} settings={settings} startedAt={startedAt} />
        ))}
      </div>
    </Section>
  );
}

function Curve({
  series,
  settings,
  startedAt,
}: {
  series: MetricSeries;
  settings: ChartSettings;
  startedAt: number | null;
}) {
  const { axis, log, smoothing } = settings;
  const lines = useMemo<Line[]>(() => {
    const start = startedAt ?? series.points[0]?.[1] ?? 0;
    const x = series.points.map(([step, time]) =>
      axis === "step" ? step : axis === "time" ? time / 1000 : (time - start) / 1000,
    );
    const y = series.points.map(([, , value]) => (typeof value === "number" && (!log || value > 0) ? value : null));
    return [{ name: series.key, ...increasing(x, y) }];
  }, [series, axis, log, startedAt]);
  const last = series.points.at(-1)?.[2];
  return (
    <LineChart
      title={`${series.key}${last === undefined ? "" : ` ${numberWords(last)}`}`}
      lines={lines}
      xLabel={axes.find(({ value }) => value === axis)?.label ?? ""}
      xIsTime={axis === "time"}
      logScale={log}
      smoothing={smoothing}
      total={series.total}
    />
  );
}

/** A chart's x must grow; of two values at one x the later counts. */
function increasing(x: readonly number[], y: readonly (number | null)[]): { x: number[]; y: (number | null)[] } {
  const order = x.map((_, index) => index).sort((a, b) => (x[a] ?? 0) - (x[b] ?? 0) || a - b);
  const kept = order.filter((index, place) => x[index] !== x[order[place + 1] ?? -1]);
  return { x: kept.map((index) => x[index] ?? 0), y: kept.map((index) => y[index] ?? null) };
}
