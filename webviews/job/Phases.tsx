import type { Phase } from "#contract/entities/job.ts";
import { durationWords } from "../shared/words.ts";
import { l10n } from "../shared/l10n.ts";

/** The phases of a job with the time each took. */
export function Phases({ phases }: { phases: readonly Phase[] }) {
  if (phases.length === 0) return null;
  return (
    <ol className="phases" aria-label={l10n.t("Phases")}>
      {phases.map((phase) => (
        <li key={`${phase.name}${phase.started_at}`} data-open={phase.ended_at === null}>
          <strong>{phase.name}</strong>
          <span>{phase.ended_at === null ? l10n.t("now") : durationWords(phase.ended_at - phase.started_at)}</span>
          {phase.detail && <span className="quiet"> {phase.detail}</span>}
        </li>
      ))}
    </ol>
  );
}
