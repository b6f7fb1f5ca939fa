import { memo, type ReactNode } from "react";
import type { ComparePanelState } from "#contract/panels/compare.ts";
import type { ComparedFact, FactGroup } from "#contract/routes/compare.ts";
import { Choice } from "../shared/ui/Choice.tsx";
import { Section } from "../shared/ui/Section.tsx";
import { TextButton } from "../shared/ui/TextButton.tsx";
import { sizeWords } from "../shared/words.ts";
import { l10n } from "../shared/l10n.ts";
import type { CompareHost } from "./compareHost.ts";

const causes: readonly { group: FactGroup; title: string }[] = [
  { group: "parameters", title: l10n.t("Parameters") },
  { group: "inputs", title: l10n.t("Inputs") },
  { group: "hardware", title: l10n.t("Hardware and limits") },
];

/** Why one run is different from the baseline: everything that was done differently, and what could not be told. */
export const Why = memo(function Why({ state, host }: { state: ComparePanelState; host: CompareHost }) {
  const { comparison, explained, difference, fault } = state;
  const { runs, baseline, facts } = comparison;
  const to = runs.findIndex((run) => run.name === explained);
  if (to < 0) return null;
  const changed = (group: FactGroup): ComparedFact[] =>
    facts.filter((fact) => fact.group === group && fact.differs && fact.values[to] !== fact.values[baseline]);
  const pair = (fact: ComparedFact): Change => ({
    name: fact.key,
    from: fact.values[baseline] ?? null,
    to: fact.values[to] ?? null,
  });
  const settings = changed("environment").filter(({ key }) => key !== "packages");
  const parts: ReactNode[] = [
    ...causes.map(({ group, title }) => <Part key={group} title={title} changes={changed(group).map(pair)} />),
    <Part key="environment" title={l10n.t("Environment")} changes={settings.map(pair)} />,
    <Part
      key="git"
      title={l10n.t("Command and git")}
      changes={changed("code")
        .filter(({ key }) => key !== "snapshot")
        .map(pair)}
    />,
  ];
  const nothing =
    difference?.code.state !== "changed" &&
    difference?.packages.state !== "changed" &&
    (["parameters", "inputs", "hardware", "environment", "code"] as const).every(
      (group) => changed(group).length === 0,
    );
  return (
    <Section
      title={l10n.t("Why is this run different?")}
      aside={
        runs.length > 2 && (
          <Choice
            label={l10n.t("Run")}
            value={explained}
            options={runs
              .filter((_, index) => index !== baseline)
              .map((run) => ({ value: run.name, label: run.display_name }))}
            onChoose={(name) => host.send({ type: "explain", name })}
          />
        )
      }
    >
      <p>
        <strong>{runs[to]?.display_name}</strong> {l10n.t("against the baseline")}{" "}
        <strong>{runs[baseline]?.display_name}</strong>
        {": "}
        <span className="label">{nothing ? l10n.t("nothing that was recorded differs") : runs[to]?.label}</span>
      </p>
      {fault && <p className="notice">{fault}</p>}
      <div className="columns why">
        {difference && <Code code={difference.code} host={host} />}
        {difference && <Packages packages={difference.packages} host={host} />}
        {parts}
      </div>
    </Section>
  );
});

interface Change {
  name: string;
  from: string | null;
  to: string | null;
}

function Part({ title, changes }: { title: string; changes: readonly Change[] }) {
  if (changes.length === 0) return null;
  return (
    <div className="part">
      <h3>{title}</h3>
      <Changes caption={title} changes={changes} />
    </div>
  );
}

function Changes({ caption, changes }: { caption: string; changes: readonly Change[] }) {
  return (
    <table className="facts">
      <caption className="visually-hidden">{caption}</caption>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">{l10n.t("Name")}</th>
          <th scope="col">{l10n.t("Baseline and this run")}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ name, from, to }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              {from === null ? <em>{l10n.t("not there")}</em> : <span className="from">{from}</span>}
              <span aria-hidden="true"> → </span>
              <span className="visually-hidden"> {l10n.t("became")} </span>
              {to === null ? <em>{l10n.t("not there")}</em> : <strong>{to}</strong>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const marks = { added: "A", removed: "D", changed: "M" } as const;
const changeWords = { added: l10n.t("added"), removed: l10n.t("removed"), changed: l10n.t("changed") } as const;

function Code({ code, host }: { code: NonNullable<ComparePanelState["difference"]>["code"]; host: CompareHost }) {
  const size = (bytes: number | null) => (bytes === null ? "" : sizeWords(bytes));
  return (
    <div className="part">
      <h3>{l10n.t("Code")}</h3>
      {code.state === "same" && <p className="quiet">{l10n.t("The same, file by file.")}</p>}
      {code.reason && <p className={code.state === "unknown" ? "notice" : "quiet"}>{code.reason}</p>}
      {code.files.length > 0 && (
        <ul className="files">
          {code.files.slice(0, 300).map(({ path, change, from_bytes: from, to_bytes: to }) => (
            <li key={path}>
              <span className="mark" data-change={change} aria-hidden="true">
                {marks[change]}
              </span>
              <span className="visually-hidden">{changeWords[change]} </span>
              <TextButton onPress={() => host.send({ type: "open-file", path, change })}>{path}</TextButton>{" "}
              <span className="quiet">
                {from !== null && to !== null && from !== to ? `${size(from)} → ${size(to)}` : size(to ?? from)}
              </span>
            </li>
          ))}
        </ul>
      )}
      {code.total > 300 && <p className="quiet">{l10n.t("{0} more files differ.", code.total - 300)}</p>}
    </div>
  );
}

function Packages(props: { packages: NonNullable<ComparePanelState["difference"]>["packages"]; host: CompareHost }) {
  const { packages, host } = props;
  return (
    <div className="part">
      <h3>{l10n.t("Packages")}</h3>
      {packages.state === "same" && <p className="quiet">{l10n.t("The same versions of all packages.")}</p>}
      {packages.reason && <p className="quiet">{packages.reason}</p>}
      {packages.changes.length > 0 && (
        <>
          <Changes caption={l10n.t("Packages")} changes={packages.changes} />
          <p>
            <TextButton onPress={() => host.send({ type: "open-locks" })}>
              {l10n.t("Both locks side by side")}
            </TextButton>
          </p>
        </>
      )}
    </div>
  );
}
