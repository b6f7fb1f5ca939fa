import type { Circumstance, Reproduction as Report, Reproductions } from "#contract/routes/reproduce.ts";
import { Facts } from "../shared/ui/Facts.tsx";
import { Section } from "../shared/ui/Section.tsx";
import { TextButton } from "../shared/ui/TextButton.tsx";
import { l10n } from "../shared/l10n.ts";
import type { JobHost } from "./jobHost.ts";

/** More than this nobody reads on a page; `slipway job reproduce --report` prints them all. */
const mostFiles = 100;

/** How a run stands to the one that it reproduces, and the runs that reproduce it. */
export function Reproduction({ found, host }: { found: Reproductions; host: JobHost }) {
  const { reproduces, report, reproduced_by: others } = found;
  const open = (name: string, text = name) => (
    <TextButton onPress={() => host.send({ type: "open-job", name })}>{text}</TextButton>
  );
  if (reproduces === null && others.length === 0) return null;
  return (
    <Section title={l10n.t("Reproduction")}>
      {report === null && reproduces !== null && (
        <p>{l10n.t("Reproduces {0}, which is no longer there to be compared with.", reproduces)}</p>
      )}
      {report && (
        <>
          <p>
            {l10n.t("Reproduces")} {open(report.original)}. <strong>{report.summary}</strong>
          </p>
          <Differences report={report} />
          <details open>
            <summary>{l10n.t("What could not be pinned")}</summary>
            <Facts caption={l10n.t("What could not be pinned")} rows={rows(report.not_pinned)} />
          </details>
          <details>
            <summary>{l10n.t("What was held the same")}</summary>
            <Facts caption={l10n.t("What was held the same")} rows={rows(report.pinned)} />
          </details>
        </>
      )}
      {others.length > 0 && (
        <Facts
          caption={l10n.t("Runs that reproduce this one")}
          rows={others.map(({ name, display_name, status }) => ({
            name: l10n.t("Reproduced by"),
            key: name,
            value: (
              <span>
                {open(name, display_name)} {status}
              </span>
            ),
          }))}
        />
      )}
    </Section>
  );
}

function Differences({ report }: { report: Report }) {
  const metrics = report.metrics.filter(({ state }) => state !== "same");
  const files = report.outputs.files.filter(({ state }) => state !== "same").slice(0, mostFiles);
  if (report.verdict === "pending" || metrics.length + files.length === 0) return null;
  return (
    <table className="values">
      <caption className="visually-hidden">{l10n.t("What differs from the original")}</caption>
      <thead>
        <tr>
          {[
            l10n.t("Metric or file"),
            l10n.t("State"),
            l10n.t("Original"),
            l10n.t("Reproduction"),
            l10n.t("Off by"),
          ].map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {metrics.map((metric) => (
          <tr key={`metric ${metric.key}`}>
            <th scope="row">{metric.key}</th>
            <td>{metric.state}</td>
            <td>{metric.original}</td>
            <td>{metric.reproduction}</td>
            <td>
              {metric.relative_difference === null ? "" : `${(metric.relative_difference * 100).toPrecision(3)} %`}
            </td>
          </tr>
        ))}
        {files.map((file) => (
          <tr key={`file ${file.path}`}>
            <th scope="row" className="mono">
              {file.path}
            </th>
            <td>{file.state}</td>
            <td className="mono">{file.original_sha256?.slice(0, 10)}</td>
            <td className="mono">{file.sha256?.slice(0, 10)}</td>
            <td />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const rows = (all: readonly Circumstance[]) =>
  all.map((one) => ({ name: one.what, key: one.what, value: circumstanceWords(one) }));

/** What was never recorded has no two sides to show. */
function circumstanceWords({ state, original, reproduction, detail }: Circumstance): string {
  if (state === "changed") return `${l10n.t("changed: {0} → {1}.", String(original), String(reproduction))} ${detail}`;
  if (state === "same") return original === null ? detail : `${l10n.t("the same: {0}.", original)} ${detail}`;
  return `${l10n.t("not known.")} ${detail}`;
}
