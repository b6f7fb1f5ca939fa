import { createHash } from "node:crypto";
import { hostname } from "node:os";
import type { Clock } from "#base/clock.ts";
import { messageOf } from "#base/errors.ts";
import type { Disposable } from "#base/disposable.ts";
import type { Compute } from "#contract/entities/asset.ts";
import { slipwayError } from "#contract/errors.ts";
import type { AttachRequest } from "#contract/routes/attach.ts";
import type { KnownTargets } from "#engine/jobs/knownTargets.ts";
import type { Target } from "#engine/jobs/targets.ts";
import type { Store } from "#engine/store/store.ts";
import type { Workspaces } from "#engine/workspaces/workspaces.ts";
import type { Transport } from "#transport/transport.ts";
import { attachedMachine, type AttachedMachine } from "./attachedMachine.ts";
import type { Computes } from "./computes.ts";
import { prepareGround, removeGround } from "./lookAround.ts";

/** What a person has agreed to and answered for one machine; lives with the engine. */
export interface PersonalAnswers {
  acceptedKeys: ReadonlySet<string>;
  answers: ReadonlyMap<string, string>;
}

/** Reaches machines; made by the composition root, which alone knows the kinds of transports and runners. */
export interface Reach {
  connect(machine: AttachedMachine["ssh"] & { python: string }, answers: PersonalAnswers): Transport;
  target(name: string, transport: Transport, machine: AttachedMachine): Target;
}

interface AttachmentsOptions {
  store: Store;
  workspaces: Workspaces;
  targets: KnownTargets;
  computes: Computes;
  reach: Reach;
  clock: Clock;
  /** SLIPWAY_HOME: with this machine's name it tells the folders of several engines on one host apart. */
  home: string;
  log: (line: string) => void;
  /** A target came: what waits may start. */
  onAttached: () => void;
}

/** Machines that the user has attached. Each is a target under its compute's name, in the compute's workspace alone. */
export class Attachments implements Disposable {
  readonly #options: AttachmentsOptions;

  constructor(options: AttachmentsOptions) {
    this.#options = options;
  }

  /** Makes targets of what was attached before. Reaches nothing: a machine is asked when it is needed. */
  async restore(): Promise<void> {
    const { store, log } = this.#options;
    for (const row of await store.read("attachedComputes", {})) {
      const machine = attachedMachine(JSON.parse(row.document) as Record<string, unknown>);
      if (machine === undefined) log(`${row.name} is attached in a way that is not understood.`);
      else this.#add(row.workspace, row.name, machine, noAnswers);
    }
  }

  /**
   * Attaches a machine under a name, or anew under the same: it is reached, looked at, and a target from then on. Throws what
   * the transport throws (`host-key-unknown`, `secret-needed`, `login-refused`, `target-unreachable`…), `tool-not-found` and
   * `target-fault` for a machine that cannot be used, `conflict` for a name that is taken.
   */
  async attach(
    workspace: string,
    request: Pick<AttachRequest, "host" | "user" | "port" | "identity_file" | "accept_host_keys" | "answers"> & {
      name: string;
      type: string;
      document: Record<string, unknown>;
    },
    actor: string,
  ): Promise<Compute> {
    const { name, document } = request;
    const { reach, log } = this.#options;
    await this.#mayAttach(workspace, request);
    const ssh = {
      host: request.host ?? name,
      ...(request.user === undefined ? {} : { user: request.user }),
      ...(request.port === undefined ? {} : { port: request.port }),
      ...(request.identity_file === undefined ? {} : { identity_file: request.identity_file }),
    };
    const answers = {
      acceptedKeys: new Set(request.accept_host_keys),
      answers: new Map(Object.entries(request.answers)),
    };
    const first = reach.connect({ ...ssh, python: "python3" }, answers);
    let ground: Awaited<ReturnType<typeof prepareGround>>;
    try {
      ground = await prepareGround(first, ssh.host, this.#engine());
    } finally {
      await first.close();
    }
    const machine = { ssh, root: ground.root, python: ground.python };
    const before = this.#options.targets.get(name);
    const target = this.#open(name, machine, answers);
    try {
      await target.runner.capacity();
    } catch (failure) {
      if (ground.isNew)
        await removeGround(target.transport, ground.root).catch((more: unknown) => log(messageOf(more)));
      await close(target);
      throw failure;
    }
    if (before !== undefined) await this.#remove(name);
    this.#options.targets.add(workspace, target);
    const compute = await this.#options.computes.putAttached(
      workspace,
      { name, type: request.type, document: { ...document, slipway: { ...machine, runs_on: name, notes: [] } } },
      actor,
    );
    this.#options.onAttached();
    return compute;
  }

  /**
   * Forgets a machine; with `remove` also everything that Slipway has put there. Throws `conflict` while it has jobs, and
   * `target-unreachable` (nothing is forgotten then) when what is there cannot be removed.
   */
  async detach(workspace: string, name: string, remove: boolean): Promise<{ name: string; removed: boolean }> {
    const { computes, targets } = this.#options;
    const compute = await computes.mayRemove(workspace, name);
    const machine = attachedMachine(compute.document);
    const target = targets.get(name);
    if (machine === undefined || target === undefined) {
      throw slipwayError("conflict", `${name} is not attached: it is a name for another target.`, {
        next: `\`slipway compute delete -n ${name}\` forgets the name.`,
      });
    }
    if (remove) {
      await target.runner.dispose();
      try {
        await removeGround(target.transport, machine.root);
      } catch (failure) {
        // The runner is spent: the machine stays attached with a new one.
        await this.#remove(name);
        this.#add(workspace, name, machine, noAnswers);
        throw failure;
      }
    }
    await this.#remove(name);
    await computes.remove(workspace, name);
    return { name, removed: remove };
  }

  async isAttached(workspace: string, name: string): Promise<boolean> {
    return attachedMachine((await this.#options.computes.show(workspace, name)).document) !== undefined;
  }

  async dispose(): Promise<void> {
    for (const target of this.#options.targets.attached) await close(target);
  }

  /** Throws `conflict` when the name is another machine's, or jobs would be taken from one machine to another. */
  async #mayAttach(
    workspace: string,
    { name, host = name }: { name: string; host?: string | undefined },
  ): Promise<void> {
    const { store } = this.#options;
    if (name === "local") throw slipwayError("conflict", "`local` is the machine that the engine runs on.");
    const known = (await store.read("attachedComputes", {})).find((row) => row.name === name);
    if (known === undefined) return;
    if (known.workspace !== workspace) {
      throw slipwayError("conflict", `The name ${name} is a machine of the workspace ${known.workspace}.`, {
        next: "Attach it under another name.",
      });
    }
    const machine = attachedMachine(JSON.parse(known.document) as Record<string, unknown>);
    const unfinished = (await store.read("unfinishedJobs", {})).filter((job) => job.compute === name);
    if (machine?.ssh.host !== host && unfinished.length > 0) {
      throw slipwayError(
        "conflict",
        `${name} is ${machine?.ssh.host ?? "another machine"} and has jobs that are not over.`,
        {
          next: "Attach the other machine under another name.",
        },
      );
    }
    if (unfinished.length > 0 && this.#options.targets.get(name) !== undefined) {
      throw slipwayError("conflict", `${name} has jobs that are not over.`, { next: "Attach it again when they are." });
    }
  }

  #add(workspace: string, name: string, machine: AttachedMachine, answers: PersonalAnswers): void {
    this.#options.targets.add(workspace, this.#open(name, machine, answers));
  }

  #open(name: string, machine: AttachedMachine, answers: PersonalAnswers): Target {
    const { reach } = this.#options;
    return reach.target(name, reach.connect({ ...machine.ssh, python: machine.python }, answers), machine);
  }

  async #remove(name: string): Promise<void> {
    const target = this.#options.targets.remove(name);
    if (target !== undefined) await close(target);
  }

  #engine(): string {
    return createHash("sha256").update(`${hostname()}\0${this.#options.home}`).digest("hex").slice(0, 12);
  }
}

const noAnswers: PersonalAnswers = { acceptedKeys: new Set(), answers: new Map() };

async function close({ runner, transport }: Target): Promise<void> {
  await runner.dispose();
  await transport.close();
}
