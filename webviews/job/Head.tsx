import type { Job } from "#contract/entities/job.ts";
import { Button } from "../shared/ui/Button.tsx";
import { TextButton } from "../shared/ui/TextButton.tsx";
import { timeWords } from "../shared/words.ts";
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
          {job.status === "Queued" && job.queue_place !== null ? ` · ${job.queue_place}. in the queue` : ""}
          {lost ? ` · contact lost since ${timeWords(job.connection.since)}` : ""}
        </span>
      </div>
      <p className="quiet row">
        <span>
          <TextButton title="Copy the name" onPress={() => host.send({ type: "copy-name" })}>
            <span className="mono">{job.name}</span>
          </TextButton>
        </span>
        <span>experiment {job.experiment_name}</span>
        {job.compute !== "" && <span>on {job.compute}</span>}
        <span>
          {timeWords(job.creation_context.created_at)} by {job.creation_context.created_by}
        </span>
      </p>
      <div className="row">
        {job.type !== "base" && (
          <Button primary onPress={() => host.send({ type: "open-log", path: "" })}>
            Open log
          </Button>
        )}
        {job.parent_job_name !== null && (
          <Button onPress={() => host.send({ type: "open-job", name: job.parent_job_name ?? "" })}>Open parent</Button>
        )}
        <Button onPress={() => host.send({ type: "compare" })}>Compare…</Button>
        {!over && job.type === "command" && (
          <Button disabled={!trusted || job.status === "CancelRequested"} onPress={() => host.send({ type: "cancel" })}>
            Cancel
          </Button>
        )}
        {over && job.type === "command" && (
          <Button disabled={!trusted} onPress={() => host.send({ type: "reproduce" })}>
            Reproduce
          </Button>
        )}
        {job.source_file && (
          <Button disabled={!trusted} onPress={() => host.send({ type: "rerun" })}>
            Run again
          </Button>
        )}
      </div>
    </header>
  );
}
