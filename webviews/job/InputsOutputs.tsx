import type { Job, JobPort } from "#contract/entities/job.ts";
import type { RunData } from "#contract/routes/jobs.ts";
import { Facts } from "../shared/ui/Facts.tsx";
import { Section } from "../shared/ui/Section.tsx";
import { Tag } from "../shared/ui/Tag.tsx";
import { TextButton } from "../shared/ui/TextButton.tsx";
import { l10n } from "../shared/l10n.ts";
import type { JobHost } from "./jobHost.ts";

/** What went in and what came out, with the jobs and assets that they belong to. */
export function InputsOutputs({ job, run, host }: { job: Job; run: RunData; host: JobHost }) {
  const openJob = (name: string) => host.send({ type: "open-job", name });
  const ports = (all: Record<string, JobPort>, output: boolean) =>
    Object.entries(all).map(([name, port]) => ({
      name,
      value: (
        <span className="row">
          {output ? (
            <TextButton onPress={() => host.send({ type: "open-artifact", path: `named-outputs/${name}` })}>
              {port.path ?? `named-outputs/${name}`}
            </TextButton>
          ) : (
            <span className="mono">{port.value ?? port.path ?? ""}</span>
          )}
          {port.type && <Tag text={port.type} />}
          {port.mode && <Tag text={port.mode} />}
          {port.name && <span>{`azureml:${port.name}:${port.version ?? ""}`}</span>}
          {port.produced_by && (
            <span>
              {l10n.t("made by")}{" "}
              <TextButton onPress={() => openJob(port.produced_by ?? "")}>{port.produced_by}</TextButton>
            </span>
          )}
        </span>
      ),
    }));
  const inputs = ports(job.inputs, false);
  const outputs = ports(job.outputs, true);
  const models = run.logged_models.map((model) => ({ name: model.name, value: `${model.model_id} (${model.status})` }));
  const datasets = run.datasets.map((dataset) => ({
    name: dataset.name,
    value: `${dataset.digest}${dataset.context ? `, ${dataset.context}` : ""}`,
  }));
  const children = run.child_runs.map((child) => ({
    name: child.display_name,
    value: (
      <span>
        <TextButton onPress={() => openJob(child.name)}>{child.name}</TextButton> {child.status}
      </span>
    ),
  }));
  return (
    <div className="columns">
      <Section title={l10n.t("Inputs")}>
        {inputs.length + datasets.length > 0 ? (
          <Facts caption={l10n.t("Inputs")} rows={[...inputs, ...datasets]} />
        ) : (
          <p className="quiet">{l10n.t("None.")}</p>
        )}
      </Section>
      <Section title={l10n.t("Outputs")}>
        {outputs.length + models.length > 0 ? (
          <Facts caption={l10n.t("Outputs")} rows={[...outputs, ...models]} />
        ) : (
          <p className="quiet">
            {job.type === "base"
              ? l10n.t("No models.")
              : l10n.t("No named outputs; files in ./outputs are under Outputs in the Jobs view.")}
          </p>
        )}
      </Section>
      {children.length > 0 && (
        <Section title={l10n.t("Child runs")}>
          <Facts caption={l10n.t("Child runs")} rows={children} />
        </Section>
      )}
    </div>
  );
}
