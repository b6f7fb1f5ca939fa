import type { Job } from "#contract/entities/job.ts";
import { Button } from "../shared/ui/Button.tsx";
import { TextButton } from "../shared/ui/TextButton.tsx";
import { timeWords } from "../shared/words.ts";
import { l10n } from "../shared/l10n.ts";
import type { JobHost } from "./jobHost.ts";

const ended = (job: Job): boolean => job.status === "Completed" || job.status === "Failed" || job.status === "Canceled";

/** Name, status and what can be done. Stays in sight. */
export function Head({ job, trusted, host }: { job: Job; trusted: boolean; host: JobHost }) {
  const over = ended(job);
  const lost = job.connection.state === "lost" && !over;
  return (
    <header className="head">
      <div className="row">
        <h1>{job.display_name}</h1>
        <span className="status" data-state={over ? job.status : "running"} role="status">
          {job.status}
          {job.status === "Queued" && job.queue_place !== null
            ? ` · ${l10n.t("{0}. in the queue", job.queue_place)}`
            : ""}
          {lost ? ` · ${l10n.t("contact lost since {0}", timeWords(job.connection.since))}` : ""}
        </span>
      </div>
      <p className="quiet row">
        <span>
          <TextButton title={l10n.t("Copy the name")} onPress={() => host.send({ type: "copy-name" })}>
            <span className="mono">{job.name}</span>
          </TextButton>
        </span>
        <span>{l10n.t("experiment {0}", job.experiment_name)}</span>
        {job.compute !== "" && <span>{l10n.t("on {0}", job.compute)}</span>}
        <span>{l10n.t("{0} by {1}", timeWords(job.creation_context.created_at), job.creation_context.created_by)}</span>
      </p>
      <div className="row">
        {job.type !== "base" && (
          <Button primary onPress={() => host.send({ type: "open-log", path: "" })}>
            {l10n.t("Open log")}
          </Button>
        )}
        {job.parent_job_name !== null && (
          <Button onPress={() => host.send({ type: "open-job", name: job.parent_job_name ?? "" })}>
            {l10n.t("Open parent")}
          </Button>
        )}
        <Button onPress={() => host.send({ type: "compare" })}>{l10n.t("Compare…")}</Button>
        {!over && job.type === "command" && (
          <Button disabled={!trusted || job.status === "CancelRequested"} onPress={() => host.send({ type: "cancel" })}>
            {l10n.t("Cancel")}
          </Button>
        )}
        {over && job.type === "command" && (
          <Button disabled={!trusted} onPress={() => host.send({ type: "reproduce" })}>
            {l10n.t("Reproduce")}
          </Button>
        )}
        {job.type === "command" && (
          <Button disabled={!trusted} onPress={() => host.send({ type: "clone" })}>
            {l10n.t("Clone and change…")}
          </Button>
        )}
        {job.source_file && (
          <Button disabled={!trusted} onPress={() => host.send({ type: "rerun" })}>
            {l10n.t("Run again")}
          </Button>
        )}
      </div>
    </header>
  );
}
