import { slipwayError } from "#contract/errors.ts";
import type { Target, Targets } from "./targets.ts";

/** The targets of this engine by name. `local` is always among them. */
export class KnownTargets implements Targets {
  readonly #targets: ReadonlyMap<string, Target>;
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
    const named = compute === null ? undefined : this.#targets.get(compute);
    if (named) return { target: named, fallbackFor: null };
    const target = this.#targets.get(preferred) ?? this.#targets.get("local");
    if (target === undefined)
      throw slipwayError("not-found", `The workspace's default compute ${preferred} is not there.`);
    return { target, fallbackFor: compute };
  }

  get all(): Target[] {
    return [...this.#targets.values()];
  }

  get(name: string): Target | undefined {
    return this.#targets.get(name);
  }
}
