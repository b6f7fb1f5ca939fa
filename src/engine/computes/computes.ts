import type { Clock } from "#base/clock.ts";
import { messageOf } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";
import type { Compute } from "#contract/entities/asset.ts";
import type { Capacity } from "#engine/compute/runner.ts";
import type { EventBus } from "#engine/core/events.ts";
import type { Target, Targets } from "#engine/jobs/targets.ts";
import type { ComputeRow } from "#engine/store/queries/computes.ts";
import type { UnfinishedJob } from "#engine/store/queries/jobQueue.ts";
import type { Store } from "#engine/store/store.ts";
import { creationContext, type Workspaces } from "#engine/workspaces/workspaces.ts";
import { attachedMachine } from "./attachedMachine.ts";
import { differences } from "./differences.ts";

export interface ComputesOptions {
  store: Store;
  workspaces: Workspaces;
  targets: Targets;
  bus: EventBus;
  clock: Clock;
}

/** The machine the engine runs on; it needs no row. */
const here = "local";

/** A compute's stored words; `local` has none until somebody describes it. */
type Described = Pick<
  ComputeRow,
  "name" | "type" | "description" | "tags" | "document" | "owner" | "actor" | "created_at" | "modified_at"
>;

/** The computes of a workspace: `local`, and names from YAML files that run on a machine the engine reaches. */
export class Computes {
  readonly #options: ComputesOptions;

  constructor(options: ComputesOptions) {
    this.#options = options;
  }

  async list(workspace: string): Promise<Compute[]> {
    const { id: workspaceId } = await this.#options.workspaces.row(workspace);
    const rows: Described[] = await this.#options.store.read("computes", { workspaceId });
    const all = rows.some(({ name }) => name === here) ? rows : [await this.#here(workspace), ...rows];
    return Promise.all(all.map((row) => this.#entity(workspace, row)));
  }

  /** With `probe` the machine is looked at now. Throws `not-found`. */
  async show(workspace: string, name: string, probe = false): Promise<Compute> {
    return this.#entity(workspace, await this.#row(workspace, name), probe);
  }

  /** Names a target. What its YAML asks for and this machine is not stands in the reply's `document.slipway`. */
  async create(workspace: string, document: Record<string, unknown>, actor: string): Promise<Compute> {
    const { store, workspaces, targets, clock } = this.#options;
    const { id: workspaceId } = await workspaces.row(workspace);
    const name = String(document["name"]);
    const type = String(document["type"]);
    const known = await store.read("compute", { workspaceId, name });
    if (known && attachedMachine(JSON.parse(known.document) as Record<string, unknown>)) {
      throw slipwayError("conflict", `The compute ${name} is an attached machine.`, {
        next: `\`slipway compute detach -n ${name}\` forgets it.`,
      });
    }
    const { target } = await targets.resolve(workspace, name);
    const capacity = await target.runner.capacity();
    const notes = differences(document, capacity, target.name);
    const row = await store.write("putCompute", {
      workspaceId,
      name,
      type,
      description: (document["description"] as string | undefined) ?? null,
      tags: JSON.stringify(document["tags"] ?? {}),
      document: JSON.stringify({ ...withoutSecrets(document), slipway: { runs_on: target.name, notes } }),
      actor,
      now: clock.now(),
    });
    return this.#changed(workspace, row);
  }

  /** Writes down a machine that was attached. */
  async putAttached(
    workspace: string,
    made: { name: string; type: string; document: Record<string, unknown> },
    actor: string,
  ): Promise<Compute> {
    const { store, workspaces, clock } = this.#options;
    const { id: workspaceId } = await workspaces.row(workspace);
    const { name, type, document } = made;
    const row = await store.write("putCompute", {
      ...{ workspaceId, name, type, actor, now: clock.now() },
      description: (document["description"] as string | undefined) ?? null,
      tags: JSON.stringify(document["tags"] ?? {}),
      document: JSON.stringify(document),
    });
    return this.#changed(workspace, row);
  }

  async update(
    workspace: string,
    name: string,
    changes: { description?: string | null | undefined; tags?: Record<string, string | null> | undefined },
    actor: string,
  ): Promise<Compute> {
    const { store, workspaces, clock } = this.#options;
    const { id: workspaceId } = await workspaces.row(workspace);
    if (name === here && !(await store.read("compute", { workspaceId, name }))) {
      const empty = { workspaceId, name, type: here, description: null, tags: "{}", document: "{}" };
      await store.write("putCompute", { ...empty, actor, now: clock.now() });
    }
    return this.#changed(
      workspace,
      await store.write("updateCompute", { workspaceId, name, ...changes, actor, now: clock.now() }),
    );
  }

  /** Throws `not-found`, and `conflict` for `local`, the workspace's default and a compute with jobs. */
  async remove(workspace: string, name: string): Promise<{ name: string }> {
    const { store, workspaces, bus } = this.#options;
    await this.mayRemove(workspace, name);
    const { id: workspaceId } = await workspaces.row(workspace);
    await store.write("deleteCompute", { workspaceId, name });
    bus.publish({ type: "assets", workspace, kind: "compute" });
    return { name };
  }

  /** The compute, when it may be removed. Throws as {@link remove} does. */
  async mayRemove(workspace: string, name: string): Promise<Compute> {
    const { default_compute: preferred } = await this.#options.workspaces.row(workspace);
    const compute = await this.show(workspace, name);
    const { running, queued } = compute;
    const reason =
      name === here
        ? "is the machine that the engine runs on"
        : name === preferred
          ? "is the workspace's default compute"
          : running.length + queued.length > 0
            ? "has jobs that are not over"
            : undefined;
    if (reason) throw slipwayError("conflict", `The compute ${name} ${reason}, and stays.`);
    return compute;
  }

  /** What a machine is, or that it has not said so yet. */
  async #capacityOf({ name, runner }: Target): Promise<Capacity> {
    const { clock } = this.#options;
    let stop: () => void = () => undefined;
    const late = new Promise<never>((_, reject) => {
      const words = `${name} has not answered within ${ANSWER_WITHIN_MS / 1000} s.`;
      stop = clock.after(ANSWER_WITHIN_MS, () => reject(slipwayError("target-unreachable", words)));
    });
    return Promise.race([runner.capacity(), late]).finally(() => stop());
  }

  async #row(workspace: string, name: string): Promise<Described> {
    const { id: workspaceId } = await this.#options.workspaces.row(workspace);
    const row = await this.#options.store.read("compute", { workspaceId, name });
    if (row) return row;
    if (name === here) return this.#here(workspace);
    throw slipwayError("not-found", `There is no compute ${name} in the workspace ${workspace}.`, {
      next: "`slipway compute list` shows those that are there; jobs that name another one run on the default.",
    });
  }

  async #here(workspace: string): Promise<Described> {
    const { owner, created_at } = await this.#options.workspaces.row(workspace);
    const made = { owner, actor: owner, created_at, modified_at: created_at };
    return { name: here, type: here, description: "This machine.", tags: "{}", document: "{}", ...made };
  }

  async #changed(workspace: string, row: ComputeRow): Promise<Compute> {
    const compute = await this.#entity(workspace, row);
    this.#options.bus.publish({ type: "compute", workspace, compute });
    return compute;
  }

  async #entity(workspace: string, row: Described, probe = false): Promise<Compute> {
    const { store, workspaces, targets } = this.#options;
    const { default_compute: preferred } = await workspaces.row(workspace);
    const { target } = await targets.resolve(workspace, row.name);
    const [capacity, unfinished] = await Promise.all([
      (probe ? target.runner.capacity({ fresh: true }) : this.#capacityOf(target)).catch((failure: unknown) =>
        messageOf(failure),
      ),
      store.read("unfinishedJobs", {}),
    ]);
    const jobs = unfinished.filter((job) => job.compute === row.name);
    const isQueued = (job: UnfinishedJob) => job.status === "Queued" || job.status === "NotStarted";
    const fault = typeof capacity === "string" ? capacity : null;
    return {
      id: `/workspaces/${workspace}/computes/${row.name}`,
      name: row.name,
      type: row.type,
      description: row.description,
      tags: JSON.parse(row.tags) as Record<string, string>,
      is_default: row.name === preferred,
      provisioning_state: fault === null ? "Succeeded" : "Failed",
      fault,
      facts: typeof capacity === "string" ? null : facts(capacity, unfinished),
      running: jobs.filter((job) => !isQueued(job)).map(({ name }) => name),
      queued: jobs.filter(isQueued).map(({ name }) => name),
      creation_context: creationContext(row),
      document: JSON.parse(row.document) as Record<string, unknown>,
    };
  }
}

/** A list does not wait long for a machine that does not answer. */
const ANSWER_WITHIN_MS = 5000;

function facts(capacity: Capacity, unfinished: readonly UnfinishedJob[]): NonNullable<Compute["facts"]> {
  const holders = new Map(
    unfinished.flatMap((job) => (JSON.parse(job.gpus ?? "[]") as string[]).map((uuid) => [uuid, job.name] as const)),
  );
  return {
    os: capacity.os,
    arch: capacity.arch,
    hostname: capacity.hostname,
    cores: capacity.cores,
    memory_bytes: capacity.memoryBytes,
    disk_free_bytes: capacity.diskFreeBytes,
    python: capacity.python,
    container_engine: capacity.containerEngine,
    scheduler: capacity.scheduler,
    gpus: capacity.gpus.map(({ uuid, index, name, memoryBytes, driver }) => ({
      uuid,
      index,
      name,
      memory_bytes: memoryBytes,
      driver,
      held_by: holders.get(uuid) ?? null,
    })),
  };
}

/** Passwords of a cluster's administrator are of no use here and are not written down. */
function withoutSecrets(document: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(document).filter(([key]) => key !== "ssh_settings"));
}
