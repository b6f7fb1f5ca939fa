import { createHash } from "node:crypto";
import type { FactGroup } from "#contract/routes/compare.ts";
import type { JobPort } from "#contract/entities/job.ts";
import type { RunRecord } from "../store/queries/compare.ts";

/** One fact of a run: what a reader sees, and what it is compared by when that is something else. */
export interface Fact {
  group: FactGroup;
  key: string;
  shown: string;
  identity?: string;
}

/** Environment variables whose values are not for a page that is handed on. They are still compared. */
const secretName = /token|secret|passw|credential|api_?key|access_?key|private_?key/iu;

/** Everything that can set a run apart from others. Times and its name are no facts: they always differ. */
export function factsOf(run: RunRecord): Fact[] {
  const facts: Fact[] = [];
  const add = (group: FactGroup, key: string, shown: string | number | null | undefined, identity?: string): void => {
    if (shown === null || shown === undefined || shown === "") return;
    facts.push({ group, key, shown: String(shown), ...(identity === undefined ? {} : { identity }) });
  };
  for (const { key, value } of run.params) add("parameters", key, value);
  for (const { key, value } of run.tags) add("tags", key, value);
  for (const { name, digest } of run.datasets) add("inputs", `dataset ${name}`, digest);
  for (const { key, value } of run.metrics) {
    add(key.startsWith("system/") ? "system metrics" : "metrics", key, value === null ? "NaN" : value);
  }
  if (run.job) addJob(run.job, add);
  return facts;
}

function addJob(
  job: NonNullable<RunRecord["job"]>,
  add: (group: FactGroup, key: string, shown: string | number | null | undefined, identity?: string) => void,
): void {
  for (const [name, port] of Object.entries(job.inputs)) add("inputs", name, ...portFact(port));
  const { snapshot, git, lock } = job;
  add("code", "command", job.command);
  if (snapshot) add("code", "snapshot", `${short(snapshot.digest)} (${snapshot.files} files)`, snapshot.digest);
  add("code", "git commit", git?.commit && short(git.commit), git?.commit ?? undefined);
  add("code", "git branch", git?.branch);
  if (git) add("code", "uncommitted changes", git.dirty ? "yes" : "no");

  add("environment", "environment", job.environment, job.environment);
  if (lock) add("environment", "packages", `${lock.packages} packages, lock ${short(lock.hash)}`, lock.hash);
  else add("environment", "key", job.environmentKey && short(job.environmentKey), job.environmentKey ?? undefined);
  for (const [name, value] of Object.entries(job.environmentVariables)) {
    if (!secretName.test(name)) add("environment", `$${name}`, value);
    else add("environment", `$${name}`, `hidden, ${short(createHash("sha256").update(value).digest("hex"))}`);
  }

  add("hardware", "compute", job.compute);
  add("hardware", "cpus", job.demand.cpus);
  add("hardware", "memory", job.demand.memoryBytes > 0 ? `${(job.demand.memoryBytes / 1e9).toFixed(1)} GB` : null);
  add("hardware", "gpus", job.demand.gpus);
  add("hardware", "gpu devices", job.gpus.join(", "));
  for (const [name, value] of Object.entries({ ...job.resources, ...job.distribution, ...job.limits })) {
    add("hardware", name.replaceAll("_", " "), typeof value === "object" ? JSON.stringify(value) : String(value));
  }
}

/** Data is compared by what is in it when that is known: the same files under another path are the same input. */
function portFact(port: JobPort): [string | undefined, string?] {
  if (port.value !== undefined) return [port.value];
  const asset = port.name === undefined ? port.path : `azureml:${port.name}:${port.version ?? ""}`;
  if (port.digest === undefined) return [asset];
  return [`${asset ?? ""} (${short(port.digest)})`, port.digest];
}

function short(digest: string): string {
  return digest.replace(/^sha256:/u, "").slice(0, 10);
}
