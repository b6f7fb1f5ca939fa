import type { RunStage } from "#contract/runColumns.ts";
import { Button } from "../shared/ui/Button.tsx";
import { l10n, language } from "../shared/l10n.ts";
import type { RunsHost } from "./runsHost.ts";

/** Runs that one comparison takes. */
const most = 500;

/** What can be done with the runs that are selected. */
export function SelectionBar(props: { ids: readonly number[]; stage: RunStage; host: RunsHost; onClear: () => void }) {
  const { stage, host } = props;
  const ids = [...props.ids];
  if (ids.length === 0) return null;
  const send = (type: "compare" | "archive" | "delete" | "restore" | "copy-names") => () => host.send({ type, ids });
  return (
    <div className="selection row" role="toolbar" aria-label={l10n.t("Selected runs")}>
      <strong role="status">{l10n.t("{0} selected", ids.length.toLocaleString(language))}</strong>
      <Button primary disabled={ids.length < 2} onPress={send("compare")}>
        {ids.length > most ? l10n.t("Compare the first {0}", most) : l10n.t("Compare")}
      </Button>
      {stage !== "active" && <Button onPress={send("restore")}>{l10n.t("Restore")}</Button>}
      {(stage === "active" || stage === "all") && <Button onPress={send("archive")}>{l10n.t("Archive")}</Button>}
      {stage !== "deleted" && <Button onPress={send("delete")}>{l10n.t("Delete…")}</Button>}
      <Button onPress={send("copy-names")}>{l10n.t("Copy names")}</Button>
      <Button onPress={props.onClear}>{l10n.t("Clear selection")}</Button>
    </div>
  );
}
