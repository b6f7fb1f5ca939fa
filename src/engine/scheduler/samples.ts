import type { SystemSample } from "../core/ports/tracking.ts";
import { parseLine, wholeLines } from "./relayFeed.ts";

/** One line of the launcher's samples of a job's processes. */
interface SampleLine {
  at: number;
  cpu_percent?: number;
  memory_bytes?: number;
  memory_percent?: number;
  disk_free_bytes?: number;
  gpu?: { index: number; util_percent?: number | null; memory_bytes?: number | null }[];
}

const MEGABYTE = 1024 * 1024;

/** Samples as system metrics, under the names that MLflow's own system metrics have. */
export function toSystemSamples(lines: Buffer): SystemSample[] {
  const samples: SystemSample[] = [];
  for (const line of wholeLines(lines)) {
    const sample = parseLine(line) as SampleLine | undefined;
    // A sample less is no loss; one that is tried for ever would hold the job up.
    if (typeof sample?.at !== "number") continue;
    const values: Record<string, number> = {};
    const put = (key: string, value: number | null | undefined, unit = 1): void => {
      if (typeof value === "number" && Number.isFinite(value)) values[`system/${key}`] = value / unit;
    };
    put("cpu_utilization_percentage", sample.cpu_percent);
    put("system_memory_usage_megabytes", sample.memory_bytes, MEGABYTE);
    put("system_memory_usage_percentage", sample.memory_percent);
    put("disk_available_megabytes", sample.disk_free_bytes, MEGABYTE);
    for (const gpu of Array.isArray(sample.gpu) ? sample.gpu : []) {
      put(`gpu_${gpu.index}_utilization_percentage`, gpu.util_percent);
      put(`gpu_${gpu.index}_memory_usage_megabytes`, gpu.memory_bytes, MEGABYTE);
    }
    samples.push({ at: sample.at, values });
  }
  return samples;
}
