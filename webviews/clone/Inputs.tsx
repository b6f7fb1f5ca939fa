import type { CloneForm } from "#contract/panels/clone.ts";
import type { CloneSource } from "#contract/routes/reproduce.ts";
import { Button } from "../shared/ui/Button.tsx";
import { Choice } from "../shared/ui/Choice.tsx";
import { l10n } from "../shared/l10n.ts";
import { Section } from "../shared/ui/Section.tsx";
import type { CloneHost } from "./cloneHost.ts";
import { inputFault } from "./cloneForm.ts";
import { TextField } from "./Field.tsx";

/** Each input by what it is: a truth value is chosen, a number is checked, data has pickers. */
export function Inputs(props: {
  source: CloneSource;
  values: CloneForm["inputs"];
  host: CloneHost;
  onChange: (name: string, value: string) => void;
}) {
  const { source, values, host, onChange } = props;
  return (
    <Section title={l10n.t("Inputs")}>
      {source.inputs.length === 0 && <p className="quiet">{l10n.t("The job has none.")}</p>}
      {source.inputs.map(({ name, type, value: recorded }) => {
        const value = values[name] ?? recorded;
        if (type === "boolean") {
          return (
            <div className="form-row" key={name}>
              <Choice
                label={name}
                value={value}
                options={["True", "False"].map((option) => ({ value: option, label: option }))}
                onChoose={(chosen) => onChange(name, chosen)}
              />
            </div>
          );
        }
        return (
          <TextField
            key={name}
            label={name}
            hint={type}
            value={value}
            fault={inputFault(type, value, l10n)}
            onChange={(typed) => onChange(name, typed)}
          >
            {isData(type) && (
              <>
                <Button onPress={() => host.send({ type: "pick", input: name, folder: false })}>
                  {l10n.t("File…")}
                </Button>
                <Button onPress={() => host.send({ type: "pick", input: name, folder: true })}>
                  {l10n.t("Folder…")}
                </Button>
              </>
            )}
          </TextField>
        );
      })}
    </Section>
  );
}

function isData(type: string): boolean {
  return !["integer", "number", "string", "boolean"].includes(type);
}
