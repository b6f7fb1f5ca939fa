import type { RunQuery, RunTableColumns } from "#contract/routes/runTable.ts";
import { l10n } from "../shared/l10n.ts";
import { Choice } from "../shared/ui/Choice.tsx";

const stages = [
  { value: "active", label: l10n.t("In use") },
  { value: "archived", label: l10n.t("Archived") },
  { value: "deleted", label: l10n.t("Deleted") },
  { value: "all", label: l10n.t("All") },
] as const;

/** Stands for the experiments that the page was opened with; no experiment can have this name. */
const severalValue = "\n";

/** The two choices that most searches begin with. */
export function Narrowing(props: {
  query: RunQuery;
  experiments: RunTableColumns["experiments"];
  onQuery: (part: Partial<RunQuery>) => void;
}) {
  const { query, onQuery } = props;
  const several = query.experiments.length > 1;
  const chosen = several ? severalValue : (query.experiments[0] ?? "");
  const names = props.experiments.map(({ name }) => name);
  const all = chosen === "" || several || names.includes(chosen) ? names : [chosen, ...names];
  return (
    <>
      <Choice
        label={l10n.t("Experiment")}
        value={chosen}
        options={[
          { value: "", label: l10n.t("All") },
          ...(several ? [{ value: severalValue, label: l10n.t("{0} experiments", query.experiments.length) }] : []),
          ...all.map((name) => ({ value: name, label: name })),
        ]}
        onChoose={(name) => name !== severalValue && onQuery({ experiments: name ? [name] : [] })}
      />
      <Choice label={l10n.t("State")} value={query.stage} options={stages} onChoose={(stage) => onQuery({ stage })} />
    </>
  );
}
