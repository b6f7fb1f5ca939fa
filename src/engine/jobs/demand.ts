import { slipwayError } from "#contract/errors.ts";
import type { Capacity } from "../compute/runner.ts";
import type { Demand } from "../core/jobPlan.ts";
import type { ContainerNeeds } from "../core/ports/environments.ts";

/** Priorities of `queue_settings.priority`; the higher starts first. */
const priorities: Readonly<Record<string, number>> = { low: 1, medium: 2, high: 3 };

export function priorityOf(queueSettings: Record<string, unknown> | undefined): number {
  const given = queueSettings?.["priority"];
  return (typeof given === "string" ? priorities[given.toLowerCase()] : undefined) ?? 2;
}

/**
 * What a job asks of its target: one core unless `resources.properties` says more, by the keys `cpus`, `memory`
 * (`8g`, `512m`) and `gpus` (docs/decisions/061). Throws `invalid-document` for a value that is none.
 */
export function demandOf(resources: Record<string, unknown> | undefined): Demand {
  const properties = (resources?.["properties"] ?? {}) as Record<string, unknown>;
  return {
    cpus: count(properties, "cpus", 1),
    memoryBytes: memory(properties["memory"]),
    gpus: Math.floor(count(properties, "gpus", 0)),
  };
}

/** What `resources` asks of a container, where the job runs in one. */
export function containerNeeds(
  resources: Record<string, unknown> | undefined,
  { gpus, memoryBytes }: Demand,
  debug: boolean,
): ContainerNeeds {
  const { shm_size: shmSize, docker_args: given } = resources ?? {};
  const dockerArgs = Array.isArray(given) ? given.map(String) : typeof given === "string" ? given : null;
  return { gpus, memoryBytes, shmSize: typeof shmSize === "string" ? shmSize : null, dockerArgs, debug };
}

/** Why a machine can never run this, or nothing. */
export function misfit(demand: Demand, capacity: Capacity): string | undefined {
  const { cores, memoryBytes, gpus } = capacity;
  if (demand.gpus > gpus.length) return `it asks for ${demand.gpus} GPUs and ${capacity.hostname} has ${gpus.length}`;
  if (demand.cpus > cores) return `it asks for ${demand.cpus} cores and ${capacity.hostname} has ${cores}`;
  if (demand.memoryBytes > memoryBytes) {
    return `it asks for ${demand.memoryBytes} bytes of memory and ${capacity.hostname} has ${memoryBytes}`;
  }
  return undefined;
}

function count(properties: Record<string, unknown>, key: string, otherwise: number): number {
  const given = properties[key];
  if (given === undefined || given === null) return otherwise;
  const number = typeof given === "string" && given.trim() !== "" ? Number(given) : given;
  if (typeof number === "number" && Number.isFinite(number) && number >= 0) return number;
  throw slipwayError("invalid-document", `resources.properties.${key} is no number: ${JSON.stringify(given)}.`);
}

const units: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

function memory(given: unknown): number {
  if (given === undefined || given === null) return 0;
  const match = /^\s*(\d+(?:\.\d+)?)\s*([bkmgt]?)(?:i?b)?\s*$/iu.exec(String(given));
  if (match) return Math.round(Number(match[1]) * (units[(match[2] || "b").toLowerCase()] as number));
  throw slipwayError(
    "invalid-document",
    `resources.properties.memory is no size such as 8g: ${JSON.stringify(given)}.`,
  );
}
