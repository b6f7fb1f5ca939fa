import { CodedError } from "#base/errors.ts";
import { listEnvironments, removeEnvironments } from "#engine/environments/cleanup.ts";
import type { EnvironmentHost } from "#engine/environments/machine.ts";
import type { CollectorOptions } from "./collector.ts";

/** Removes environments of a machine that nobody has used for a while, as the collector asks for it. */
export function unusedEnvironments(host: EnvironmentHost): CollectorOptions["removeEnvironments"] {
  return async ({ unusedSince, needed, dryRun }) => {
    const since = unusedSince / 1000;
    const stored = await listEnvironments(host).catch(noPython);
    const unused = stored.filter(({ key, used, complete }) => !needed.includes(key) && (used < since || !complete));
    const bytes = unused.reduce((sum, environment) => sum + environment.bytes, 0);
    const tally = { what: "environments", count: unused.length, bytes };
    if (dryRun || unused.length === 0) return tally;
    const keys = unused.map(({ key }) => key);
    return { ...tally, bytes: await removeEnvironments({ ...host, keys, unusedSince: since }) };
  };
}

/** Without a Python there are no environments either. */
export function noPython(thrown: unknown): never[] {
  if (thrown instanceof CodedError && thrown.code === "tool-not-found") return [];
  throw thrown;
}
