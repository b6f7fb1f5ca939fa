import type { RunQuery } from "#contract/routes/runTable.ts";
import { Button } from "../shared/ui/Button.tsx";
import { l10n } from "../shared/l10n.ts";
import type { RunsHost } from "./runsHost.ts";
import type { PageState } from "./state.ts";

/** Before the first answer of the engine, and instead of it. */
export function Waiting({ contact, host }: { contact: PageState["contact"]; host: RunsHost }) {
  if (!contact) return <p role="status">{l10n.t("Reading the runs…")}</p>;
  return (
    <main className="empty">
      <h1>{l10n.t("The runs cannot be read")}</h1>
      <p role="alert">{contact.message}</p>
      <Button primary onPress={() => host.send({ type: contact.start ? "start-engine" : "ready" })}>
        {contact.start ? l10n.t("Start engine") : l10n.t("Try again")}
      </Button>
    </main>
  );
}

/** Says why there are no rows, and what can be done. */
export function EmptyTable(props: { query: RunQuery; fault: PageState["fault"]; host: RunsHost; onClear: () => void }) {
  const { query, host } = props;
  const isNarrow = query.filter !== "" || query.experiments.length > 0 || query.stage !== "active";
  if (!isNarrow) {
    return (
      <div className="empty">
        <h2>{l10n.t("No runs yet")}</h2>
        <p>
          {l10n.t(
            "Run a job file or a Python script, or log to this workspace with MLflow. Runs appear here as they start.",
          )}
        </p>
        <Button primary onPress={() => host.send({ type: "run-file" })}>
          {l10n.t("Run active file")}
        </Button>
      </div>
    );
  }
  return (
    <div className="empty">
      <h2>{props.fault ? l10n.t("The filter cannot be read") : l10n.t("No run fits")}</h2>
      <p>
        {props.fault
          ? l10n.t("What is wrong with it stands below the filter.")
          : query.stage === "deleted"
            ? l10n.t("No deleted run is left: what was deleted has been collected or restored.")
            : l10n.t("No run of this workspace fits the filter, the experiment and the state that are chosen.")}
      </p>
      <Button primary onPress={props.onClear}>
        {l10n.t("Show all runs")}
      </Button>
    </div>
  );
}
