import { memo, useCallback, useId, useMemo, useState } from "react";
import type { ComparedFact, Comparison } from "#contract/routes/compare.ts";
import { Button } from "../shared/ui/Button.tsx";
import { Check } from "../shared/ui/Check.tsx";
import { Section } from "../shared/ui/Section.tsx";
import { numberWords } from "../shared/words.ts";
import { l10n } from "../shared/l10n.ts";
import type { CompareHost } from "./compareHost.ts";
import { Swatch } from "./Swatch.tsx";
import { useColumns } from "./useColumns.ts";

/** Rows of one group before "show all". */
const mostRows = 200;

/** What differs first, all else on request. Only the columns in sight are in the document. */
export const Differences = memo(function Differences({
  comparison,
  host,
}: {
  comparison: Comparison;
  host: CompareHost;
}) {
  const { runs, facts } = comparison;
  const [all, setAll] = useState(() => host.remembered()["all"] === true);
  const [text, setText] = useState("");
  const filter = useId();
  const toggle = useCallback(
    (on: boolean) => {
      host.remember({ all: on });
      setAll(on);
    },
    [host],
  );
  const wanted = text.trim().toLowerCase();
  const shown = useMemo(
    () => facts.filter((fact) => (all || fact.differs) && `${fact.group} ${fact.key}`.toLowerCase().includes(wanted)),
    [facts, all, wanted],
  );
  const different = facts.filter(({ differs }) => differs).length;
  const columns = useColumns(runs.length);
  const groups = [...new Set(shown.map(({ group }) => group))];
  const inSight = runs.slice(columns.first, columns.last);
  return (
    <Section
      title={all ? l10n.t("All facts") : l10n.t("What differs")}
      aside={
        <div className="row">
          <span className="quiet">{l10n.t("{0} of {1} facts differ", different, facts.length)}</span>
          <Check label={l10n.t("All")} checked={all} onChange={toggle} />
          <label className="field" htmlFor={filter}>
            {l10n.t("Find")}
            <input id={filter} type="search" value={text} onChange={(event) => setText(event.target.value)} />
          </label>
        </div>
      }
    >
      {shown.length === 0 ? (
        <p className="quiet">
          {wanted
            ? l10n.t("No fact has such a name.")
            : l10n.t("Nothing that was recorded differs between these runs.")}
        </p>
      ) : (
        <div
          className="scroll"
          ref={columns.watch}
          onScroll={columns.onScroll}
          tabIndex={0}
          role="region"
          aria-label={l10n.t("Facts")}
        >
          <table className="grid" aria-colcount={runs.length + 1} style={{ width: columns.total }}>
            <colgroup>
              <col style={{ width: columns.keyWidth }} />
              {columns.before > 0 && <col style={{ width: columns.before }} />}
              {inSight.map((run) => (
                <col key={run.name} style={{ width: columns.width }} />
              ))}
              {columns.after > 0 && <col style={{ width: columns.after }} />}
            </colgroup>
            <thead>
              <tr>
                <th scope="col" aria-colindex={1}>
                  {l10n.t("Fact")}
                </th>
                {columns.before > 0 && <td />}
                {inSight.map((run, place) => (
                  <th key={run.name} scope="col" aria-colindex={columns.first + place + 2} title={run.name}>
                    <Swatch run={columns.first + place} /> {run.display_name}
                  </th>
                ))}
                {columns.after > 0 && <td />}
              </tr>
            </thead>
            {groups.map((group) => (
              <Group
                key={group}
                title={group}
                facts={shown.filter((fact) => fact.group === group)}
                baseline={comparison.baseline}
                {...{ first: columns.first, last: columns.last, before: columns.before > 0, after: columns.after > 0 }}
              />
            ))}
          </table>
        </div>
      )}
    </Section>
  );
});

interface Sight {
  baseline: number;
  first: number;
  last: number;
  before: boolean;
  after: boolean;
}

function Group({ title, facts, ...sight }: { title: string; facts: readonly ComparedFact[] } & Sight) {
  const [whole, setWhole] = useState(false);
  const shown = whole ? facts : facts.slice(0, mostRows);
  return (
    <tbody>
      <tr className="group">
        <th scope="rowgroup" colSpan={sight.last - sight.first + 1 + Number(sight.before) + Number(sight.after)}>
          <span>{title}</span>
        </th>
      </tr>
      {shown.map((fact) => (
        <Row key={fact.key} fact={fact} {...sight} />
      ))}
      {facts.length > shown.length && (
        <tr>
          <td colSpan={2}>
            <Button onPress={() => setWhole(true)}>{l10n.t("Show {0} more", facts.length - shown.length)}</Button>
          </td>
        </tr>
      )}
    </tbody>
  );
}

const Row = memo(function Row({ fact, baseline, first, last, before, after }: { fact: ComparedFact } & Sight) {
  const base = fact.values[fact.differs ? baseline : 0] ?? null;
  const measured = fact.group === "metrics" || fact.group === "system metrics";
  return (
    <tr>
      <th scope="row">{fact.key}</th>
      {before && <td />}
      {Array.from({ length: last - first }, (_, place) => {
        const run = first + place;
        const value = fact.values[fact.differs ? run : 0] ?? null;
        const changed = run !== baseline && value !== base;
        return (
          <td key={run} data-changed={changed}>
            {value === null ? <em>—</em> : measured ? numberOf(value) : value}
            {measured && changed && <Delta from={base} to={value} />}
          </td>
        );
      })}
      {after && <td />}
    </tr>
  );
});

function numberOf(value: string): string {
  const number = Number(value);
  return Number.isFinite(number) ? numberWords(number) : value;
}

/** How far a metric is from the baseline's. */
function Delta({ from, to }: { from: string | null; to: string | null }) {
  const difference = from === null || to === null ? NaN : Number(to) - Number(from);
  if (!Number.isFinite(difference)) return null;
  return <span className="delta"> {`${difference > 0 ? "+" : "−"}${numberWords(Math.abs(difference))}`}</span>;
}
