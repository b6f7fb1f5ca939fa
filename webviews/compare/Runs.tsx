import { memo } from "react";
import type { Comparison } from "#contract/routes/compare.ts";
import { TextButton } from "../shared/ui/TextButton.tsx";
import { durationWords } from "../shared/words.ts";
import { l10n } from "../shared/l10n.ts";
import type { CompareHost } from "./compareHost.ts";
import { Swatch } from "./Swatch.tsx";

/** The runs with their line, what sets each apart, and how it went. */
export const Runs = memo(function Runs(props: {
  comparison: Comparison;
  focus: number | undefined;
  onFocus: (run: number | undefined) => void;
  host: CompareHost;
}) {
  const { comparison, focus, onFocus, host } = props;
  const { runs, baseline } = comparison;
  return (
    <div className="runs" tabIndex={0} role="region" aria-label={l10n.t("Runs")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{l10n.t("Run")}</th>
            <th scope="col">{l10n.t("What differs")}</th>
            <th scope="col">{l10n.t("Status")}</th>
            <th scope="col">{l10n.t("Took")}</th>
            <th scope="col">
              <span className="visually-hidden">{l10n.t("Actions")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run, index) => (
            <tr
              key={run.name}
              data-focus={index === focus}
              onMouseEnter={() => onFocus(index)}
              onMouseLeave={() => onFocus(undefined)}
            >
              <th scope="row">
                <Swatch run={index} />{" "}
                <TextButton title={run.name} onPress={() => host.send({ type: "open-job", name: run.name })}>
                  {run.display_name}
                </TextButton>
              </th>
              <td className={index === baseline ? "quiet" : "label"}>{run.label}</td>
              <td>{run.status}</td>
              <td>{run.started_at && run.ended_at ? durationWords(run.ended_at - run.started_at) : ""}</td>
              <td className="actions">
                {index !== baseline && (
                  <button
                    type="button"
                    className="text-button"
                    aria-label={l10n.t("Baseline: hold the others against {0}", run.display_name)}
                    onClick={() => host.send({ type: "baseline", name: run.name })}
                  >
                    {l10n.t("Baseline")}
                  </button>
                )}
                {runs.length > 1 && (
                  <button
                    type="button"
                    className="text-button"
                    aria-label={l10n.t("Remove {0} from this page", run.display_name)}
                    onClick={() => host.send({ type: "remove", name: run.name })}
                  >
                    {l10n.t("Remove")}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
});
