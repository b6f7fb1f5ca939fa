import { useEffect, useReducer } from "react";
import type { CloneForm, ClonePanelEvent, ClonePanelState } from "#contract/panels/clone.ts";
import { Button } from "../shared/ui/Button.tsx";
import { Choice } from "../shared/ui/Choice.tsx";
import { Section } from "../shared/ui/Section.tsx";
import { l10n } from "../shared/l10n.ts";
import { TextButton } from "../shared/ui/TextButton.tsx";
import { formFault, formOf } from "./cloneForm.ts";
import type { CloneHost } from "./cloneHost.ts";
import { TextField } from "./Field.tsx";
import { Inputs } from "./Inputs.tsx";
import { Variables } from "./Variables.tsx";

interface PageState {
  given: ClonePanelState | undefined;
  form: CloneForm | undefined;
  busy: boolean;
  fault: string;
}

type Action = ClonePanelEvent | { type: "change"; part: Partial<CloneForm> } | { type: "working" };

function reduce(state: PageState, action: Action): PageState {
  switch (action.type) {
    case "snapshot":
      return { ...state, given: action, form: state.form ?? formOf(action.source) };
    case "picked": {
      if (!state.form) return state;
      const inputs = { ...state.form.inputs, [action.input]: action.path };
      return { ...state, form: { ...state.form, inputs } };
    }
    case "settled":
      return { ...state, busy: false, fault: action.fault };
    case "change":
      return state.form ? { ...state, form: { ...state.form, ...action.part } } : state;
    case "working":
      return { ...state, busy: true, fault: "" };
  }
}

/** A recorded job as a form: what is not changed is as it was. */
export function ClonePage({ host }: { host: CloneHost }) {
  const [state, act] = useReducer(reduce, { given: undefined, form: undefined, busy: false, fault: "" });
  useEffect(() => {
    const stop = host.listen(act);
    host.send({ type: "ready" });
    return stop;
  }, [host]);
  const { given, form, busy, fault } = state;
  if (!given || !form) return <p role="status">{fault || l10n.t("Reading the job…")}</p>;
  const { source, computes } = given;
  const change = (part: Partial<CloneForm>) => act({ type: "change", part });
  const wrong = formFault(source, form, l10n);
  const send = (type: "submit" | "open-yaml") => {
    act({ type: "working" });
    host.send({ type, form });
  };
  return (
    <main>
      <h1>{l10n.t("Clone and change")}</h1>
      <p className="quiet">
        {l10n.t("A new job of the record of this one; what you leave alone is as it was:")}{" "}
        <TextButton onPress={() => host.send({ type: "open-job" })}>{source.display_name}</TextButton>{" "}
        <span className="mono">{source.name}</span>
      </p>
      <TextField
        label={l10n.t("Display name")}
        value={form.display_name}
        onChange={(display_name) => change({ display_name })}
      />
      <Inputs
        source={source}
        values={form.inputs}
        host={host}
        onChange={(name, value) => change({ inputs: { ...form.inputs, [name]: value } })}
      />
      <Variables
        rows={form.environment_variables}
        onChange={(environment_variables) => change({ environment_variables })}
      />
      <Section title={l10n.t("Where and as what")}>
        <TextField
          label={l10n.t("Experiment")}
          value={form.experiment_name}
          onChange={(experiment_name) => change({ experiment_name })}
        />
        <div className="form-row">
          <Choice
            label={l10n.t("Target")}
            value={form.compute}
            options={[...new Set([source.compute, ...computes])].map((name) => ({ value: name, label: name }))}
            onChoose={(compute) => change({ compute })}
          />
        </div>
        {source.snapshot && (
          <div className="form-row">
            <Choice
              label={l10n.t("Code")}
              value={form.code}
              options={[
                { value: "snapshot", label: l10n.t("as submitted ({0} files)", source.snapshot.files) },
                ...(source.folder === null
                  ? []
                  : [{ value: "folder" as const, label: l10n.t("what {0} holds now", source.folder) }]),
              ]}
              onChoose={(code) => change({ code })}
            />
          </div>
        )}
      </Section>
      <Section title={l10n.t("Command")}>
        <pre tabIndex={0}>{source.command}</pre>
        <p className="quiet">{l10n.t("Environment: {0}", source.environment)}</p>
      </Section>
      <footer className="row">
        <Button primary disabled={busy || wrong !== ""} onPress={() => send("submit")}>
          {l10n.t("Submit")}
        </Button>
        <Button disabled={busy || wrong !== ""} onPress={() => send("open-yaml")}>
          {l10n.t("Open as YAML…")}
        </Button>
        <span className="fault" role="alert">
          {fault || wrong}
        </span>
      </footer>
    </main>
  );
}
