import { join } from "node:path";
import type { Clock } from "#base/clock.ts";
import { slipwayError } from "#contract/errors.ts";
import type { ChangedJobs, Purged } from "#contract/routes/keeping.ts";
import type { ChangedRuns } from "#contract/routes/runTable.ts";
import type { HeldRun } from "#engine/store/queries/keeping.ts";
import type { Store } from "#engine/store/store.ts";
import type { RunChange } from "#engine/store/tracking/lifecycle.ts";
import { sizeOf } from "./files.ts";

interface KeepingOptions {
  store: Store;
  clock: Clock;
  /** Where the engine's copies of logs are: `<workspace>/<job>/…`. */
  logs: string;
  /** Tells everybody how a run stands. */
  announce: (runId: number) => void;
}

interface Change {
  change: RunChange;
  dryRun: boolean;
  actor: string;
}

const day = 24 * 60 * 60 * 1000;

/** Deletes jobs and runs and takes it back. What is deleted stays whole until the collector takes it. */
export class Keeping {
  readonly #options: KeepingOptions;

  constructor(options: KeepingOptions) {
    this.#options = options;
  }

  /** Changes runs by their names, all in one commit. Throws `not-found` for a workspace that is not there. */
  async byName(workspace: string, names: readonly string[], request: Change): Promise<ChangedJobs> {
    const { store } = this.#options;
    await this.#mustExist(workspace);
    const runs = new Map(
      (await store.read("runsByName", { workspace, names: [...names] })).map(({ id, name }) => [name, id]),
    );
    const { picked, kept } = await this.#change(workspace, [...new Set(runs.values())], request);
    const changed = new Set(picked.map(({ id }) => id));
    const open = new Set(kept.map(({ id }) => id));
    const done = request.change === "delete" ? ("deleted" as const) : ("restored" as const);
    const ids = [...changed];
    const resultOf = (id: number | undefined) =>
      id === undefined ? "not-found" : changed.has(id) ? done : open.has(id) ? "not-over" : "unchanged";
    return {
      dry_run: request.dryRun,
      jobs: names.map((name) => ({ name, result: resultOf(runs.get(name)) })),
      nested: ids.length - names.filter((name) => changed.has(runs.get(name) ?? -1)).length,
      bytes: await this.#bytes(ids),
      kept: request.change === "delete" ? reasonsOf(await store.read("heldRuns", { ids })) : [],
    };
  }

  /** Changes runs by their numbers, for the table of runs. */
  async byId(workspace: string, ids: number[], request: Change): Promise<ChangedRuns> {
    await this.#mustExist(workspace);
    const { picked, kept } = await this.#change(workspace, ids, request);
    const changed = picked.map(({ id }) => id);
    return { ids: changed, kept: kept.map(({ name }) => name), bytes: await this.#bytes(changed) };
  }

  /** Deletes what ended before a time, but for what is pinned or needed. */
  async purge(
    workspace: string,
    request: { olderThanDays: number; experiment: string | null; statuses: string[]; dryRun: boolean; actor: string },
  ): Promise<Purged> {
    const { store, clock } = this.#options;
    const { experiment, statuses, dryRun, actor } = request;
    await this.#mustExist(workspace);
    const before = clock.now() - request.olderThanDays * day;
    const ended = await store.read("endedRuns", { workspace, before, experiment, statuses });
    const { held, free } = await unheld(store, workspace, ended);
    const { picked } = await this.#change(workspace, free, { change: "delete", dryRun, actor });
    const own = new Set(free);
    return {
      dry_run: dryRun,
      jobs: picked.filter(({ id }) => own.has(id)).map(({ name }) => name),
      nested: picked.filter(({ id }) => !own.has(id)).length,
      bytes: await this.#bytes(picked.map(({ id }) => id)),
      kept: reasonsOf(held),
    };
  }

  async #change(workspace: string, ids: number[], { change, dryRun, actor }: Change) {
    const { store, clock, announce } = this.#options;
    const what = { workspace, ids, change };
    if (dryRun || ids.length === 0) return store.read("changeableRuns", what);
    const found = await store.write("changeRuns", { ...what, actor, now: clock.now() });
    for (const { id } of found.picked) announce(id);
    return found;
  }

  /** What collecting runs would free. */
  async #bytes(ids: number[]): Promise<number> {
    const { store, logs } = this.#options;
    let bytes = await store.read("bytesOfRuns", { ids });
    for (const { workspace, name, folders } of await store.read("placesOfRuns", { ids })) {
      bytes += await sizeOf(join(logs, workspace, name));
      for (const folder of JSON.parse(folders) as string[]) bytes += await sizeOf(folder);
    }
    return bytes;
  }

  async #mustExist(workspace: string): Promise<void> {
    if (await this.#options.store.read("workspace", { name: workspace })) return;
    throw slipwayError("not-found", `There is no workspace ${workspace}.`, {
      next: "`slipway workspace list` shows those that are there.",
    });
  }
}

/** Those that nothing needs, once the needed ones are taken out: what they used is needed then, too. */
async function unheld(store: Store, workspace: string, ended: number[]): Promise<{ held: HeldRun[]; free: number[] }> {
  const held: HeldRun[] = [];
  let free = ended;
  for (;;) {
    const { picked, kept } = await store.read("changeableRuns", { workspace, ids: free, change: "delete" });
    const open = kept.map(({ id, name }) => ({ id, name, reason: "it is not over" }));
    const found = [...open, ...(await store.read("heldRuns", { ids: picked.map(({ id }) => id) }))];
    const fresh = found.filter(({ id }) => free.includes(id));
    // What holds a nested run holds the run that it is nested in.
    const nested = found.filter(({ id }) => !free.includes(id));
    for (const { id, name, reason } of nested) {
      const parents = await store.read("runsAround", { id });
      const parent = parents.find((one) => free.includes(one.id));
      if (parent) fresh.push({ ...parent, reason: `${reason} (its nested run ${name})` });
    }
    if (fresh.length === 0) return { held, free };
    held.push(...fresh);
    const gone = new Set(fresh.map(({ id }) => id));
    free = free.filter((id) => !gone.has(id));
  }
}

/** One line for a run, the first reason. */
export function reasonsOf(held: readonly HeldRun[]): { name: string; reason: string }[] {
  const first = new Map<number, { name: string; reason: string }>();
  for (const { id, name, reason } of held) if (!first.has(id)) first.set(id, { name, reason });
  return [...first.values()];
}
