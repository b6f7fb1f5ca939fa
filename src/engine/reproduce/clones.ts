import { stat } from "node:fs/promises";
import { slipwayError } from "#contract/errors.ts";
import type { CloneOf } from "#contract/entities/submit.ts";
import type { CloneSource } from "#contract/routes/reproduce.ts";
import { load, parseOverrides, type LoadedEnvironmentField } from "#spec/index.ts";
import type { JobPlan } from "../core/jobPlan.ts";
import type { CloneService, TakenOver } from "../core/ports/clones.ts";
import type { EnvironmentPins, PlannedEnvironment } from "../core/ports/environments.ts";
import { diskFiles } from "../jobs/diskFiles.ts";
import { stableJson } from "../jobs/submission.ts";
import type { Trees } from "../snapshots/trees.ts";
import type { JobRow } from "../store/queries/jobs.ts";
import type { Store } from "../store/store.ts";
import { cloneDocument } from "./cloneDocument.ts";
import { mustHaveCode, notOurs } from "./record.ts";

interface Cloned {
  row: JobRow;
  plan: JobPlan;
  lock: string | null;
}

/** Jobs made of the record of another, with changes. */
export class Clones implements CloneService {
  readonly #options: { store: Store; trees: Trees; pins: EnvironmentPins };

  constructor(options: { store: Store; trees: Trees; pins: EnvironmentPins }) {
    this.#options = options;
  }

  /**
   * A recorded job as a job file with `--set` pairs in it, and what a form of the record shows. Throws `not-found`, `conflict`,
   * `file-not-found`, and `invalid-request` for a pair that is none.
   */
  async source(workspace: string, from: CloneOf, pairs: readonly string[]): Promise<CloneSource> {
    const { overrides, problems } = parseOverrides(pairs);
    if (problems[0]) throw slipwayError("invalid-request", problems[0].message);
    const record = await this.#record(workspace, from.job);
    const { row, plan } = record;
    const folder = plan.codePath ?? null;
    if (from.code === "folder" && folder !== null && !(await stat(folder).catch(() => undefined))) {
      throw slipwayError("file-not-found", `The folder ${folder} that ${from.job} was sent from is gone.`, {
        next: "Take the snapshot of the run in its place.",
      });
    }
    return {
      name: row.name,
      yaml: cloneDocument({ ...record, code: from.code === "folder" ? folder : null, overrides }),
      display_name: row.display_name,
      experiment_name: row.experiment_name,
      command: plan.command,
      compute: row.compute,
      inputs: Object.entries(plan.inputs).map(([name, input]) =>
        input.kind === "literal"
          ? { name, type: literalType(input.value), value: input.value }
          : { name, type: input.type, value: input.path },
      ),
      environment_variables: plan.environmentVariables,
      environment: plan.environment.label,
      snapshot: plan.snapshot,
      folder,
    };
  }

  async takeOver(
    workspace: string,
    from: CloneOf,
    changed: { environment: LoadedEnvironmentField | null; target: string },
  ): Promise<TakenOver> {
    const record = await this.#record(workspace, from.job);
    const { row, plan, lock } = record;
    if (from.code === "snapshot") await mustHaveCode(record, this.#options.trees);
    const isSame =
      changed.target === row.compute && stableJson(changed.environment) === stableJson(environmentOf(record));
    return {
      code:
        from.code === "folder"
          ? undefined
          : { snapshot: plan.snapshot, given: plan.code, path: plan.codePath ?? null, git: plan.git },
      environment: isSame && lock !== null ? await this.#environment(plan, lock) : undefined,
    };
  }

  /** The very packages of the record; undefined when they cannot be had, so that it is planned anew. */
  async #environment(plan: JobPlan, lock: string): Promise<PlannedEnvironment | undefined> {
    const pinned = await this.#options.pins.pin({ plan: plan.environment.plan, lock });
    if (pinned.refusal !== null) return undefined;
    return {
      label: plan.environment.label,
      key: pinned.key,
      cached: pinned.key === plan.environment.key,
      python: pinned.python,
      report: [],
      refusals: [],
      plan: pinned.plan,
    };
  }

  async #record(workspace: string, name: string): Promise<Cloned> {
    const { store } = this.#options;
    const [row, plain, lock] = await Promise.all([
      store.read("job", { workspace, name }),
      store.read("plainRun", { workspace, name }),
      store.read("jobLock", { workspace, name }),
    ]);
    if (row) return { row, plan: JSON.parse(row.plan) as JobPlan, lock };
    if (plain) throw notOurs(name, plain.parent_name);
    throw slipwayError("not-found", `There is no job ${name} in the workspace ${workspace}.`, {
      next: "`slipway job list` shows the jobs of a workspace.",
    });
  }
}

/** The environment that a record's own job file asks for, as the loader reads it: what a changed one differs from. */
function environmentOf(record: Cloned): LoadedEnvironmentField | undefined {
  const text = cloneDocument({ ...record, code: null });
  const { document } = load(text, { path: "/record.yml", files: diskFiles, overrides: [], expect: "job" });
  return document?.kind === "job:command" ? document.environment : undefined;
}

/** What a form should let people type for a literal, by what it is now. */
function literalType(text: string): string {
  if (text === "True" || text === "False") return "boolean";
  if (/^[-+]?\d+$/u.test(text)) return "integer";
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/iu.test(text) ? "number" : "string";
}
