import type { Clock } from "#base/clock.ts";
import { slipwayError } from "#contract/errors.ts";
import type {
  ChangedRuns,
  FoundRuns,
  RunQuery,
  RunTableColumns,
  RunTableRow,
  RunView,
} from "#contract/routes/runTable.ts";
import type { Keeping } from "../gc/keeping.ts";
import type { Store } from "../store/store.ts";

/** The runs of a workspace as a table: which there are, in which order, their cells, and the views that are kept of it. */
export class RunTable {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #keeping: Keeping;

  constructor(options: { store: Store; clock: Clock; keeping: Keeping }) {
    this.#keeping = options.keeping;
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /** Throws `invalid-request`; `details.place` is where in the filter (`at` and `end` in characters). */
  async search(workspace: string, query: RunQuery): Promise<FoundRuns> {
    await this.#mustExist(workspace);
    return this.#store.read("searchRunTable", { workspace, ...query, now: this.#clock.now() });
  }

  rows(workspace: string, request: { ids: number[]; columns: string[] }): Promise<RunTableRow[]> {
    return this.#store.read("runTableRows", { workspace, ...request, now: this.#clock.now() });
  }

  async columns(workspace: string, experiments: string[]): Promise<RunTableColumns> {
    await this.#mustExist(workspace);
    return this.#store.read("runTableColumns", { workspace, experiments });
  }

  values(workspace: string, request: { column: string; prefix: string; limit: number }): Promise<string[]> {
    return this.#store.read("runTableValues", { workspace, ...request, now: this.#clock.now() });
  }

  /** Archives, deletes or restores runs in one commit. With `dry_run` it says what would be, and changes nothing. */
  change(
    workspace: string,
    request: { ids: number[]; change: "archive" | "delete" | "restore"; dry_run: boolean },
    actor: string,
  ): Promise<ChangedRuns> {
    const { ids, change, dry_run: dryRun } = request;
    return this.#keeping.byId(workspace, ids, { change, dryRun, actor });
  }

  async views(workspace: string): Promise<RunView[]> {
    await this.#mustExist(workspace);
    return this.#store.read("runViews", { workspace });
  }

  /** Keeps a view and gives back all. */
  async save(workspace: string, view: RunView, actor: string): Promise<RunView[]> {
    await this.#mustExist(workspace);
    await this.#store.write("saveRunView", { workspace, view, actor, now: this.#clock.now() });
    return this.views(workspace);
  }

  /** Forgets a view; one that is not there is no fault. */
  async forget(workspace: string, name: string): Promise<RunView[]> {
    await this.#store.write("deleteRunView", { workspace, name });
    return this.views(workspace);
  }

  async #mustExist(workspace: string): Promise<void> {
    if (await this.#store.read("workspace", { name: workspace })) return;
    throw slipwayError("not-found", `There is no workspace ${workspace}.`, {
      next: "`slipway workspace list` shows those that are there.",
    });
  }
}
