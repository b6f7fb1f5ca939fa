import { messageOf } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";
import type { ComparedSeries, Comparison, Difference } from "#contract/routes/compare.ts";
import type { FileEntry } from "#contract/routes/jobs.ts";
import type { CodeService } from "../core/ports/code.ts";
import type { RunRecord } from "../store/queries/compare.ts";
import type { Store } from "../store/store.ts";
import { codeChanges } from "./codeChanges.ts";
import { factsOf } from "./facts.ts";
import { labelsOf } from "./labels.ts";
import { lockChanges } from "./lockChanges.ts";
import { tableOf, toFact } from "./table.ts";

const mostFiles = 2000;

/** Says what differs between runs, from what was recorded of them. */
export class Comparisons {
  readonly #store: Store;
  readonly #code: Pick<CodeService, "list">;

  constructor(options: { store: Store; code: Pick<CodeService, "list"> }) {
    this.#store = options.store;
    this.#code = options.code;
  }

  /** Runs side by side. Names that are not there are listed; throws `not-found` when none is. */
  async compare(workspace: string, request: { names: string[]; baseline?: string | undefined }): Promise<Comparison> {
    const names = [...new Set(request.names)];
    const [runs, curves] = await Promise.all([
      this.#records(workspace, names),
      this.#store.read("curvesOfRuns", { workspace, names }),
    ]);
    const found = new Set(runs.map((run) => run.name));
    const baseline = Math.max(
      0,
      runs.findIndex((run) => run.name === request.baseline),
    );
    const rows = tableOf(runs.map(factsOf));
    const labels = labelsOf(rows, runs.length, baseline);
    return {
      baseline,
      runs: runs.map((run, index) => ({
        name: run.name,
        display_name: run.display_name,
        experiment_name: run.experiment_name,
        status: run.status,
        started_at: run.started_at,
        ended_at: run.ended_at,
        label: labels[index] ?? "",
      })),
      facts: rows.map(toFact),
      curves,
      missing: names.filter((name) => !found.has(name)),
    };
  }

  series(workspace: string, request: { names: string[]; keys: string[]; points: number }): Promise<ComparedSeries[]> {
    return this.#store.read("seriesOfRuns", { workspace, ...request });
  }

  /** Files and packages that differ between two runs. Throws `not-found` when one of them is not there. */
  async explain(workspace: string, from: string, to: string): Promise<Difference> {
    const runs = await this.#records(workspace, [from, to]);
    const find = (name: string): RunRecord => {
      const run = runs.find((candidate) => candidate.name === name);
      if (!run) throw notFound(workspace, [name]);
      return run;
    };
    const pair = [find(from), find(to)] as const;
    const [code, packages] = await Promise.all([this.#codeOf(pair), this.#packagesOf(workspace, pair)]);
    return { from, to, code, packages };
  }

  async #codeOf(runs: readonly [RunRecord, RunRecord]): Promise<Difference["code"]> {
    const digests = runs.map((run) => run.job?.snapshot?.digest);
    const nothing = { reason: "", files: [], total: 0 };
    if (digests[0] === undefined && digests[1] === undefined) {
      return { ...nothing, state: "none", reason: "Neither run was submitted with code." };
    }
    if (digests[0] === digests[1]) return { ...nothing, state: "same" };
    const lists: FileEntry[][] = [];
    for (const [index, digest] of digests.entries()) {
      try {
        lists.push(digest === undefined ? [] : await this.#code.list(digest));
      } catch (thrown) {
        const name = runs[index]?.display_name ?? "";
        const reason = `The code of ${name} is no longer kept, so its files cannot be compared. ${messageOf(thrown)}`;
        return { ...nothing, state: "unknown", reason };
      }
    }
    const files = codeChanges(lists[0] ?? [], lists[1] ?? []);
    return { state: "changed", reason: "", files: files.slice(0, mostFiles), total: files.length };
  }

  async #packagesOf(workspace: string, runs: readonly [RunRecord, RunRecord]): Promise<Difference["packages"]> {
    const [from, to] = runs.map((run) => run.job);
    if (!from && !to) return { state: "none", reason: "Neither run has an environment of Slipway.", changes: [] };
    const without = runs.filter((run) => !run.job?.lock).map((run) => run.display_name);
    if (without.length > 0) {
      const reason = `Exact packages are not known of ${without.join(" and ")}: no environment was built for it.`;
      return { state: "unknown", reason, changes: [] };
    }
    if (from?.lock?.hash === to?.lock?.hash) return { state: "same", reason: "", changes: [] };
    const [before, after] = await Promise.all(runs.map(({ name }) => this.#store.read("jobLock", { workspace, name })));
    const changes = lockChanges(before ?? "", after ?? "");
    return { state: changes.length > 0 ? "changed" : "same", reason: "", changes };
  }

  async #records(workspace: string, names: string[]): Promise<RunRecord[]> {
    const runs = await this.#store.read("runRecords", { workspace, names });
    if (runs.length > 0) return runs;
    if (!(await this.#store.read("workspace", { name: workspace }))) {
      throw slipwayError("not-found", `There is no workspace ${workspace}.`, {
        next: "`slipway workspace list` shows those that are there.",
      });
    }
    throw notFound(workspace, names);
  }
}

function notFound(workspace: string, names: readonly string[]): Error {
  const shown = names.slice(0, 3).join(", ");
  return slipwayError("not-found", `There is no job ${shown} in the workspace ${workspace}.`, {
    next: "`slipway job list` shows the jobs of a workspace.",
  });
}
