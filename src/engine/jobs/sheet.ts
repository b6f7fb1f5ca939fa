import { basename } from "node:path";
import type { Preflight } from "#contract/entities/submit.ts";
import type { Draft } from "./draft.ts";

/** A draft as the pre-flight sheet shows it. */
export function toSheet(
  draft: Draft,
  { file, name, queuePlace }: { file: string; name: string | undefined; queuePlace: number },
): Preflight {
  const { document, environment, target, capacity } = draft;
  const machine =
    capacity === null
      ? "does not answer"
      : `${capacity.hostname}: ${capacity.cores} cores, ${gigabytes(capacity.memoryBytes)}, ${capacity.gpus.length} GPUs`;
  return {
    display_name: document.job.displayName ?? name ?? document.job.name ?? basename(file),
    experiment_name: document.job.experimentName,
    command: document.job.command,
    code: draft.code.sheet,
    environment: {
      label: environment.label,
      key: environment.key,
      cached: environment.cached,
      python: environment.python,
      report: environment.report,
      ...(environment.runtime === undefined ? {} : { runtime: environment.runtime }),
    },
    target: {
      name: target.name,
      fallback_for: draft.fallbackFor,
      fits: !draft.refusals.some(({ code }) => code === "does-not-fit"),
      queue_place: queuePlace,
      detail: machine,
    },
    inputs: draft.inputNotes,
    needs: draft.code.needs,
    // The environment's lines stand beside the environment.
    notices: draft.notices.filter((notice) => !draft.environment.report.includes(notice)),
    refusals: draft.refusals.map(({ reason }) => reason),
  };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}
