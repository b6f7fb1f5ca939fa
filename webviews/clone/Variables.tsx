import type { CloneForm } from "#contract/panels/clone.ts";
import { Button } from "../shared/ui/Button.tsx";
import { l10n } from "../shared/l10n.ts";
import { Section } from "../shared/ui/Section.tsx";

type Rows = CloneForm["environment_variables"];

/** Environment variables: rows that can be changed, added and removed. */
export function Variables({ rows, onChange }: { rows: Rows; onChange: (rows: Rows) => void }) {
  const put = (index: number, part: Partial<Rows[number]>) =>
    onChange(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  return (
    <Section title={l10n.t("Environment variables")}>
      {rows.map(({ name, value }, index) => (
        <div className="row form-row" key={index}>
          <input
            type="text"
            spellCheck={false}
            aria-label={l10n.t("Name of variable {0}", index + 1)}
            value={name}
            onChange={(event) => put(index, { name: event.target.value })}
          />
          <input
            type="text"
            spellCheck={false}
            aria-label={l10n.t("Value of variable {0}", name || index + 1)}
            value={value}
            onChange={(event) => put(index, { value: event.target.value })}
          />
          <Button onPress={() => onChange(rows.filter((_row, at) => at !== index))}>
            {l10n.t("Remove")}
            <span className="visually-hidden"> {name}</span>
          </Button>
        </div>
      ))}
      <Button onPress={() => onChange([...rows, { name: "", value: "" }])}>{l10n.t("Add variable")}</Button>
    </Section>
  );
}
