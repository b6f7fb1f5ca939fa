import type { JobPort } from "#contract/entities/job.ts";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import type { Reproduction } from "#contract/routes/reproduce.ts";
import type { StoredFiles } from "../artifacts/storedFiles.ts";
import type { ArtifactService } from "../core/ports/artifacts.ts";
import type { JobPlan } from "../core/jobPlan.ts";
import type { JobRow } from "../store/queries/jobs.ts";
import type { Store } from "../store/store.ts";
import { circumstances } from "./circumstances.ts";
import { compareMetric } from "./metrics.ts";
import { alikeModels, type LeftFile } from "./modelFiles.ts";
import { compareOutputs, type Left } from "./outputs.ts";

/** How a reproduction stands to its original, from what was recorded of both. */
export async function reportOf(
  { original, reproduction }: { original: JobRow; reproduction: JobRow },
  services: { store: Store; artifacts: Pick<ArtifactService, "list">; files: Pick<StoredFiles, "open"> },
): Promise<Reproduction> {
  const { store } = services;
  const left = async (row: JobRow): Promise<Left & { files: LeftFile[] }> => ({
    files: await filesOf(row, services),
    outputs: JSON.parse(row.outputs) as Record<string, JobPort>,
  });
  const around = async (row: JobRow) => ({
    row,
    plan: JSON.parse(row.plan) as JobPlan,
    lock: await store.read("jobLock", { workspace: row.workspace, name: row.name }),
  });
  const [pairs, before, after, then, now] = await Promise.all([
    store.read("metricPairs", { original: original.run_id, reproduction: reproduction.run_id }),
    left(original),
    left(reproduction),
    around(original),
    around(reproduction),
  ]);
  const metrics = pairs.map(compareMetric);
  const alike = await alikeModels(original.workspace, before.files, after.files, services);
  const outputs = compareOutputs(before, after, alike);
  return {
    original: original.name,
    reproduction: reproduction.name,
    original_status: original.status,
    status: reproduction.status,
    ...judge({ original, reproduction }, metrics, outputs),
    metrics,
    outputs,
    ...circumstances(then, now),
  };
}

/** A run's artifacts, and the files of its models, which MLflow keeps beside them. */
async function filesOf(
  { workspace, name }: JobRow,
  { store, artifacts }: { store: Store; artifacts: Pick<ArtifactService, "list"> },
): Promise<LeftFile[]> {
  const [own, root, models] = await Promise.all([
    artifacts.list({ workspace, name, path: "", recursive: true }),
    store.read("runArtifactRoot", { workspace, name }),
    store.read("modelFiles", { workspace, name }),
  ]);
  return [
    ...own.map((file) => ({ ...file, at: `${root ?? ""}/${file.path}` })),
    ...models.map((file) => ({ ...file, is_dir: false })),
  ];
}

function judge(
  { original, reproduction }: { original: JobRow; reproduction: JobRow },
  metrics: Reproduction["metrics"],
  outputs: Reproduction["outputs"],
): Pick<Reproduction, "verdict" | "summary"> {
  const { status } = reproduction;
  if (!isTerminal(status)) return { verdict: "pending", summary: `The reproduction is ${status}.` };
  if (status !== original.status) {
    return { verdict: "ended-otherwise", summary: `The original is ${original.status}, the reproduction ${status}.` };
  }
  const differing = metrics.filter(({ state }) => state !== "same").length;
  if (differing === 0 && outputs.differing === 0) {
    return {
      verdict: "same",
      summary: `The same: ${count(metrics.length, "metric")} and ${count(outputs.compared, "output file")} are equal.`,
    };
  }
  return {
    verdict: "different",
    summary: `Different: ${differing} of ${count(metrics.length, "metric")} and ${outputs.differing} of ${count(outputs.compared, "output file")}.`,
  };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
