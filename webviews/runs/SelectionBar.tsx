import type { RunStage } from "#contract/runColumns.ts";
import { Button } from "../shared/ui/Button.tsx";
import type { RunsHost } from "./runsHost.ts";

/** What can be done with the runs that are selected. */
export function SelectionBar(props: { ids: readonly number[]; stage: RunStage; host: RunsHost; onClear: () => void }) {
  const { stage, host } = props;
  const ids = [...props.ids];
  if (ids.length === 0) return null;
  const send = (type: "compare" | "archive" | "delete" | "restore" | "copy-names") => () => host.send({ type, ids });
  return (
    <div className="selection row" role="toolbar" aria-label="Selected runs">
      <strong role="status">{`${ids.length.toLocaleString("en")} selected`}</strong>
      <Button primary disabled={ids.length < 2} onPress={send("compare")}>
        {ids.length > 500 ? "Compare the first 500" : "Compare"}
      </Button>
      {stage !== "active" && <Button onPress={send("restore")}>Restore</Button>}
      {(stage === "active" || stage === "all") && <Button onPress={send("archive")}>Archive</Button>}
      {stage !== "deleted" && <Button onPress={send("delete")}>Delete…</Button>}
      <Button onPress={send("copy-names")}>Copy names</Button>
      <Button onPress={props.onClear}>Clear selection</Button>
    </div>
  );
}
