import type { JobError } from "#contract/entities/job.ts";
import { Button } from "../shared/ui/Button.tsx";
import { TextButton } from "../shared/ui/TextButton.tsx";
import { l10n } from "../shared/l10n.ts";
import type { JobHost } from "./jobHost.ts";

const classWords: Readonly<Record<JobError["class"], string>> = {
  import: l10n.t("A module could not be imported"),
  memory: l10n.t("Out of memory"),
  path: l10n.t("A file was not found"),
  environment: l10n.t("The environment could not be made"),
  disk: l10n.t("The disk is full"),
  timeout: l10n.t("The time limit was reached"),
  exit: l10n.t("The program ended with an error"),
  launcher_lost: l10n.t("The job's launcher was lost"),
  host_restarted: l10n.t("The machine was restarted"),
};

/** Why a job failed: what kind of failure, where, the last words, and one thing to do. */
export function Failure({ error, host }: { error: JobError; host: JobHost }) {
  const { location, fix } = error;
  return (
    <div className="notice failure" role="alert">
      <strong>{classWords[error.class]}</strong>
      <p>{error.message}</p>
      <div className="row">
        {location && (
          <TextButton onPress={() => host.send({ type: "open-location", ...location })}>
            {location.file}:{location.line}
          </TextButton>
        )}
        {fix && <Button onPress={() => host.send({ type: "fix" })}>{fix.title}</Button>}
      </div>
      {error.tail.length > 0 && (
        <pre ref={showEnd} tabIndex={0} aria-label={l10n.t("The last lines of the log")}>
          {error.tail.join("\n")}
        </pre>
      )}
    </div>
  );
}

/** The cause stands in the last lines. */
function showEnd(element: HTMLElement | null): void {
  if (element) element.scrollTop = element.scrollHeight;
}
