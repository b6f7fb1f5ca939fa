import { slipwayError } from "#contract/errors.ts";
import type { Target, Targets } from "./targets.ts";

/** The targets of this engine by name. `local` is always among them. */
export class KnownTargets implements Targets {
  readonly #targets: Map<string, Target>;
  /** Workspace of each machine that was attached; the others are everybody's. */
  readonly #workspaces = new Map<string, string>();
  readonly #defaultOf: (workspace: string) => Promise<string>;

  constructor(options: {
    targets: readonly Target[];
    /** Name of a workspace's default compute. Throws `not-found` for an unknown workspace. */
    defaultOf: (workspace: string) => Promise<string>;
  }) {
    this.#targets = new Map(options.targets.map((target) => [target.name, target]));
    this.#defaultOf = options.defaultOf;
  }

  /** Compute names of Azure files are loose (`cpu-cluster`, `serverless`): what is not known here runs on the default. */
  async resolve(workspace: string, compute: string | null): Promise<{ target: Target; fallbackFor: string | null }> {
    const preferred = await this.#defaultOf(workspace);
    const named = compute === null ? undefined : this.#of(workspace, compute);
    if (named) return { target: named, fallbackFor: null };
    const target = this.#of(workspace, preferred) ?? this.#targets.get("local");
    if (target === undefined)
      throw slipwayError("not-found", `The workspace's default compute ${preferred} is not there.`);
    return { target, fallbackFor: compute };
  }

  /** A machine that was attached in a workspace; there is no other target of its name. */
  add(workspace: string, target: Target): void {
    this.#targets.set(target.name, target);
    this.#workspaces.set(target.name, workspace);
  }

  /** Forgets an attached machine and gives back what is to be closed. */
  remove(name: string): Target | undefined {
    const target = this.#targets.get(name);
    if (!this.#workspaces.delete(name)) return undefined;
    this.#targets.delete(name);
    return target;
  }

  /** The machines that were attached. */
  get attached(): Target[] {
    return this.all.filter(({ name }) => this.#workspaces.has(name));
  }

  #of(workspace: string, name: string): Target | undefined {
    const owner = this.#workspaces.get(name);
    return owner === undefined || owner === workspace ? this.#targets.get(name) : undefined;
  }

  get all(): Target[] {
    return [...this.#targets.values()];
  }

  get(name: string): Target | undefined {
    return this.#targets.get(name);
  }
}
