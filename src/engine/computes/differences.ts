import type { Capacity } from "#engine/compute/runner.ts";

/** What a compute's YAML asks for and the machine that stands for it does not give, one line each. */
export function differences(document: Readonly<Record<string, unknown>>, capacity: Capacity, target: string): string[] {
  const notes: string[] = [];
  const text = (key: string): string => {
    const value = document[key];
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  const size = text("size");
  const machine = `${target}, which has ${capacity.cores} cores and ${capacity.gpus.length} GPUs`;
  if (size !== "") notes.push(`size ${size} is Azure's: jobs run on ${machine}.`);
  const most = Number(document["max_instances"] ?? 1);
  if (most > 1) notes.push(`max_instances ${most}: ${target} is one machine, so jobs wait for each other.`);
  if (/^standard_n/i.test(size) && capacity.gpus.length === 0) notes.push(`size ${size} has GPUs; ${target} has none.`);
  for (const key of ["identity", "network_settings", "ssh_settings", "schedules", "tier", "resource_id"]) {
    if (document[key] !== undefined) notes.push(`${key} has no meaning on one's own machine.`);
  }
  return notes;
}
