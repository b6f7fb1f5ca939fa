import { describe, expect, test } from "vitest";
import { choosePlaces } from "#engine/scheduler/slots.ts";
import type { UnfinishedJob } from "#engine/store/queries/jobQueue.ts";

const machine = {
  cores: 4,
  memoryBytes: 8_000,
  gpus: ["a", "b", "c"].map((uuid, index) => ({ uuid, index, name: "gpu", memoryBytes: 1, driver: null })),
};

let next = 0;
function job(more: Partial<UnfinishedJob> = {}): UnfinishedJob {
  next += 1;
  return {
    run_id: next,
    workspace: "default",
    name: `job${next}`,
    actor: "me",
    status: "Queued",
    compute: "local",
    priority: 2,
    cpus: 1,
    memory_bytes: 0,
    gpu_count: 0,
    attempt: 0,
    cancel_requested: 0,
    gpus: null,
    launched_at: null,
    ...more,
  };
}

describe("slots", () => {
  test("as many jobs as the limit allows, those that run counted in", () => {
    const jobs = [job({ status: "Running" }), job(), job(), job()];
    expect(choosePlaces(jobs, machine, 3).map((place) => place.job.name)).toEqual([jobs[1]?.name, jobs[2]?.name]);
    expect(choosePlaces(jobs, machine, 1)).toEqual([]);
  });

  test("cores and memory are shared out", () => {
    const jobs = [
      job({ status: "Running", cpus: 2, memory_bytes: 5000 }),
      job({ cpus: 1, memory_bytes: 3000 }),
      job({ cpus: 2 }),
    ];
    expect(choosePlaces(jobs, machine, 4).map((place) => place.job)).toEqual([jobs[1]]);
    expect(choosePlaces([jobs[0] as UnfinishedJob, job({ memory_bytes: 4000 })], machine, 4)).toEqual([]);
  });

  test("a device is given to one job at a time", () => {
    const jobs = [
      job({ status: "Preparing", gpu_count: 1, gpus: '["b"]' }),
      job({ gpu_count: 1 }),
      job({ gpu_count: 1 }),
      job({ gpu_count: 1 }),
    ];
    expect(choosePlaces(jobs, machine, 10).map((place) => place.gpus)).toEqual([["a"], ["c"]]);
  });

  test("nobody overtakes a job that waits for room", () => {
    const jobs = [job({ status: "Running", gpu_count: 2, gpus: '["a","b"]' }), job({ gpu_count: 2 }), job()];
    expect(choosePlaces(jobs, machine, 10)).toEqual([]);
  });
});
