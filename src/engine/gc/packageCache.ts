import { pruneCache } from "#engine/environments/cleanup.ts";
import type { EnvironmentHost } from "#engine/environments/machine.ts";
import type { Store } from "#engine/store/store.ts";
import type { CollectorOptions } from "./collector.ts";
import { noPython } from "./unusedEnvironments.ts";

/**
 * Lets uv prune its package cache below the target's root; one that the user has named by UV_CACHE_DIR is his. Nothing is
 * done while a job is not over, since its environment may be in the making, nor in a dry run: only uv knows what it needs.
 */
export function packageCache(host: EnvironmentHost, store: Store): CollectorOptions["prunePackages"] {
  return async ({ dryRun }) => {
    const tally = { what: "packages in uv's cache", count: 0, bytes: 0 };
    if (dryRun || (await store.read("unfinishedJobs", {})).length > 0) return tally;
    const bytes = await pruneCache(host).catch((thrown: unknown) => {
      noPython(thrown);
      return 0;
    });
    return bytes > 0 ? { ...tally, count: 1, bytes } : tally;
  };
}
