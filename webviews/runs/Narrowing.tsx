import type { RunQuery, RunTableColumns } from "#contract/routes/runTable.ts";
import { Choice } from "../shared/ui/Choice.tsx";

const stages = [
  { value: "active", label: "In use" },
  { value: "archived", label: "Archived" },
  { value: "deleted", label: "Deleted" },
  { value: "all", label: "All" },
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
        label="Experiment"
        value={chosen}
        options={[
          { value: "", label: "All" },
          ...(several ? [{ value: severalValue, label: `${query.experiments.length} experiments` }] : []),
          ...all.map((name) => ({ value: name, label: name })),
        ]}
        onChoose={(name) => name !== severalValue && onQuery({ experiments: name ? [name] : [] })}
      />
      <Choice label="State" value={query.stage} options={stages} onChoose={(stage) => onQuery({ stage })} />
    </>
  );
}
