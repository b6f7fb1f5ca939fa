import { useEffect, useReducer } from "react";
import type { JobPanelEvent, JobPanelState } from "#contract/panels/job.ts";
import { l10n } from "../shared/l10n.ts";
import { Details } from "./Details.tsx";
import { Artifacts } from "./Artifacts.tsx";
import { Failure } from "./Failure.tsx";
import type { JobHost } from "./jobHost.ts";
import { Head } from "./Head.tsx";
import { InputsOutputs } from "./InputsOutputs.tsx";
import { Metrics } from "./Metrics.tsx";
import { ParamsTags } from "./ParamsTags.tsx";
import { Phases } from "./Phases.tsx";
import { Reproduction } from "./Reproduction.tsx";

interface PageState {
  shown: JobPanelState | undefined;
  fault: string;
}

function reduce(state: PageState, event: JobPanelEvent): PageState {
  switch (event.type) {
    case "snapshot":
      return {
        shown: { ...event },
        fault: "",
      };
    case "job":
      return state.shown ? { ...state, shown: { ...state.shown, job: event.job } } : state;
    case "run": {
      const { run, series, files, reproductions } = event;
      return state.shown ? { ...state, shown: { ...state.shown, run, series, files, reproductions } } : state;
    }
    case "contact":
      return { ...state, fault: event.lost ? event.message : "" };
  }
}

/** All that is known of one job. */
export function JobPage({ host }: { host: JobHost }) {
  const [{ shown, fault }, hear] = useReducer(reduce, { shown: undefined, fault: "" });
  useEffect(() => {
    const stop = host.listen(hear);
    host.send({ type: "ready" });
    return stop;
  }, [host]);

  if (!shown) return <p role="status">{fault || l10n.t("Reading the job…")}</p>;
  const { job, run, series, files, reproductions, trusted } = shown;
  return (
    <main>
      <Head job={job} trusted={trusted} host={host} />
      {fault && (
        <p className="notice" role="status">
          {fault}
        </p>
      )}
      <Phases phases={job.phases} />
      {job.error && <Failure error={job.error} host={host} />}
      {[...job.notices, ...job.warnings].length > 0 && (
        <div className="notice">
          {[...job.notices, ...job.warnings].map((notice) => (
            <p key={notice}>{notice}</p>
          ))}
        </div>
      )}
      <Reproduction found={reproductions} host={host} />
      <Metrics
        system={false}
        series={series.filter(({ key }) => !key.startsWith("system/"))}
        startedAt={job.started_at}
        host={host}
      />
      <ParamsTags params={run.params} tags={{ ...run.tags, ...job.tags }} />
      <InputsOutputs job={job} run={run} host={host} />
      {job.type === "base" && <Artifacts files={files} host={host} />}
      <Metrics
        system
        series={series.filter(({ key }) => key.startsWith("system/"))}
        startedAt={job.started_at}
        host={host}
      />
      <Details job={job} host={host} />
    </main>
  );
}
