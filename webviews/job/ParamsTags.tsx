import { Facts } from "../shared/ui/Facts.tsx";
import { Section } from "../shared/ui/Section.tsx";
import { l10n } from "../shared/l10n.ts";

const rows = (values: Readonly<Record<string, string>>) =>
  Object.entries(values)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, value]) => ({ name, value }));

/** Parameters and tags. MLflow's own bookkeeping tags come last and folded. */
export function ParamsTags({ params, tags }: { params: Record<string, string>; tags: Record<string, string> }) {
  const own = Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith("mlflow.")));
  const internal = Object.fromEntries(Object.entries(tags).filter(([key]) => key.startsWith("mlflow.")));
  return (
    <div className="columns">
      <Section title={l10n.t("Parameters")}>
        {Object.keys(params).length > 0 ? (
          <Facts caption={l10n.t("Parameters")} rows={rows(params)} />
        ) : (
          <p className="quiet">{l10n.t("None logged.")}</p>
        )}
      </Section>
      <Section title={l10n.t("Tags")}>
        {Object.keys(own).length > 0 ? (
          <Facts caption={l10n.t("Tags")} rows={rows(own)} />
        ) : (
          <p className="quiet">{l10n.t("None.")}</p>
        )}
        {Object.keys(internal).length > 0 && (
          <details>
            <summary>{l10n.t("MLflow's own tags")}</summary>
            <Facts caption={l10n.t("MLflow's own tags")} rows={rows(internal)} />
          </details>
        )}
      </Section>
    </div>
  );
}
