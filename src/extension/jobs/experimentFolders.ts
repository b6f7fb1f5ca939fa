import type { JobSummary } from "#contract/entities/job.ts";

/** An experiment, or what experiments like `vision/digits` and `vision/faces` have in common. */
export interface ExperimentFolder {
  /** From the top: `vision/digits`. */
  path: string;
  /** Its own part of the path. */
  label: string;
  folders: ExperimentFolder[];
  /** Jobs of the experiment of this very name, in the order in which they came. */
  jobs: JobSummary[];
  /** Jobs here and below. */
  count: number;
  /** Those that run on a target of ours. */
  running: number;
}

/** Jobs by experiment; a `/` in an experiment's name makes folders. Folders stand by name, numbers in it by value. */
export function experimentFolders(jobs: readonly JobSummary[]): ExperimentFolder[] {
  const top = makeFolder("", "");
  const known = new Map<string, ExperimentFolder>([["", top]]);
  for (const job of jobs) {
    let folder = top;
    for (const label of partsOf(job.experiment_name)) {
      const path = folder === top ? label : `${folder.path}/${label}`;
      let next = known.get(path);
      if (!next) {
        next = makeFolder(path, label);
        known.set(path, next);
        folder.folders.push(next);
      }
      next.count++;
      if (job.status === "Running" && job.type !== "base") next.running++;
      folder = next;
    }
    folder.jobs.push(job);
  }
  for (const folder of known.values()) folder.folders.sort((a, b) => byName.compare(a.label, b.label));
  return top.folders;
}

/** Every folder that an experiment stands in, from the top: `vision`, `vision/digits`. */
export function pathsOf(experiment: string): string[] {
  const parts = partsOf(experiment);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** A slash at an end or beside another one divides nothing: the names `a//b` and `/a` stay what they are. */
function partsOf(experiment: string): string[] {
  return experiment.split(/(?<=[^/])\/(?=[^/])/);
}

const byName = new Intl.Collator(undefined, { numeric: true });

function makeFolder(path: string, label: string): ExperimentFolder {
  return { path, label, folders: [], jobs: [], count: 0, running: 0 };
}
