import type { Capacity } from "../compute/runner.ts";
import type { UnfinishedJob } from "../store/queries/jobQueue.ts";

/** A queued job that may start now, with the devices it gets. */
export interface Place {
  job: UnfinishedJob;
  gpus: string[];
}

const isWaiting = (job: UnfinishedJob): boolean => job.status === "Queued" || job.status === "NotStarted";

/**
 * Which of one target's jobs may start. Strictly in order: a job that does not fit yet is waited for, so that a large one
 * is never overtaken for ever by small ones. `jobs` come in the order in which they start.
 */
export function choosePlaces(
  jobs: readonly UnfinishedJob[],
  capacity: Pick<Capacity, "cores" | "memoryBytes" | "gpus">,
  concurrency: number,
): Place[] {
  const running = jobs.filter((job) => !isWaiting(job));
  const free = {
    jobs: concurrency - running.length,
    cpus: Math.max(capacity.cores, concurrency) - sum(running, (job) => job.cpus),
    memory: capacity.memoryBytes - sum(running, (job) => job.memory_bytes),
  };
  const held = new Set(running.flatMap((job) => JSON.parse(job.gpus ?? "[]") as string[]));
  const devices = capacity.gpus.map((gpu) => gpu.uuid).filter((uuid) => !held.has(uuid));
  const places: Place[] = [];
  for (const job of jobs) {
    if (!isWaiting(job)) continue;
    const fits =
      free.jobs >= 1 && free.cpus >= job.cpus && free.memory >= job.memory_bytes && devices.length >= job.gpu_count;
    if (!fits) break;
    free.jobs -= 1;
    free.cpus -= job.cpus;
    free.memory -= job.memory_bytes;
    places.push({ job, gpus: devices.splice(0, job.gpu_count) });
  }
  return places;
}

function sum(jobs: readonly UnfinishedJob[], of: (job: UnfinishedJob) => number): number {
  return jobs.reduce((total, job) => total + of(job), 0);
}
