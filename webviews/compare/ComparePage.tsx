import { useCallback, useEffect, useMemo, useReducer, useState } from "react";
import type { ComparePanelEvent, ComparePanelState } from "#contract/panels/compare.ts";
import type { ComparedSeries } from "#contract/routes/compare.ts";
import { Button } from "../shared/ui/Button.tsx";
import { l10n } from "../shared/l10n.ts";
import type { CompareHost } from "./compareHost.ts";
import { Curves } from "./Curves.tsx";
import { Differences } from "./Differences.tsx";
import { Runs } from "./Runs.tsx";
import { Why } from "./Why.tsx";

interface PageState {
  shown: ComparePanelState | undefined;
  series: ReadonlyMap<string, ComparedSeries>;
  fault: string;
}

function reduce(state: PageState, event: ComparePanelEvent): PageState {
  switch (event.type) {
    case "snapshot": {
      const { comparison, explained, difference, fault } = event;
      return { ...state, shown: { comparison, explained, difference, fault }, fault: "" };
    }
    case "series": {
      const series = new Map(state.series);
      for (const one of event.series) series.set(one.key, merged(series.get(one.key), one));
      return { ...state, series };
    }
    case "contact":
      return { ...state, fault: event.message };
  }
}

/** Curves of runs that were read again take the place of the older ones. */
function merged(known: ComparedSeries | undefined, read: ComparedSeries): ComparedSeries {
  if (!known) return read;
  const fresh = new Set(read.curves.map((curve) => curve.run));
  return { key: read.key, curves: [...known.curves.filter((curve) => !fresh.has(curve.run)), ...read.curves] };
}

/** What differs between runs, why, and their curves over each other. */
export function ComparePage({ host }: { host: CompareHost }) {
  const [{ shown, series, fault }, hear] = useReducer(reduce, { shown: undefined, series: new Map(), fault: "" });
  const [focus, setFocus] = useState<number>();
  const onFocus = useCallback((run: number | undefined) => setFocus(run), []);
  useEffect(() => {
    const stop = host.listen(hear);
    host.send({ type: "ready" });
    return stop;
  }, [host]);
  const comparison = shown?.comparison;
  useEffect(() => {
    if (!comparison) return;
    host.remember({
      names: [...comparison.runs.map((run) => run.name), ...comparison.missing],
      baseline: comparison.runs[comparison.baseline]?.name ?? "",
      explained: shown.explained,
    });
  }, [host, comparison, shown?.explained]);
  const metrics = useMemo(() => comparison?.curves.filter((key) => !key.startsWith("system/")) ?? [], [comparison]);
  const [system, setSystem] = useState(false);
  const keys = useMemo(
    () => [...metrics, ...(system ? (comparison?.curves.filter((key) => key.startsWith("system/")) ?? []) : [])],
    [metrics, system, comparison],
  );

  if (!shown || !comparison) return <p role="status">{fault || l10n.t("Reading the runs…")}</p>;
  const hidden = comparison.curves.length - metrics.length;
  return (
    <main>
      <header className="head">
        <div className="row">
          <h1>{titleOf(shown)}</h1>
        </div>
        <div className="row">
          <Button primary onPress={() => host.send({ type: "add" })}>
            {l10n.t("Choose runs…")}
          </Button>
          <Button onPress={() => host.send({ type: "export", format: "csv" })}>{l10n.t("Export CSV")}</Button>
          <Button onPress={() => host.send({ type: "export", format: "html" })}>{l10n.t("Export HTML")}</Button>
        </div>
      </header>
      {fault && (
        <p className="notice" role="status">
          {fault}
        </p>
      )}
      {comparison.missing.length > 0 && (
        <p className="notice" role="status">
          {comparison.missing.length === 1
            ? l10n.t("A run is no longer in this workspace:")
            : l10n.t("{0} runs are no longer in this workspace:", comparison.missing.length)}{" "}
          {comparison.missing.slice(0, 5).join(", ")}
          {comparison.missing.length > 5 ? "…" : ""}
        </p>
      )}
      <Runs comparison={comparison} focus={focus} onFocus={onFocus} host={host} />
      {comparison.runs.length < 2 && <p className="quiet">{l10n.t("Choose another run to compare this one with.")}</p>}
      <Why state={shown} host={host} />
      <Differences comparison={comparison} host={host} />
      <Curves keys={keys} runs={comparison.runs} {...{ series, focus, onFocus, host }} />
      {hidden > 0 && !system && (
        <p>
          <Button onPress={() => setSystem(true)}>{l10n.t("Show {0} system metrics", hidden)}</Button>
        </p>
      )}
    </main>
  );
}

function titleOf({ comparison: { runs } }: ComparePanelState): string {
  const experiments = new Set(runs.map((run) => run.experiment_name));
  const [only] = experiments;
  if (experiments.size > 1) return l10n.t("{0} runs of {1} experiments", runs.length, experiments.size);
  return runs.length === 1 ? l10n.t("One run of {0}", only ?? "") : l10n.t("{0} runs of {1}", runs.length, only ?? "");
}
