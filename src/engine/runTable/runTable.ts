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
import type { Store } from "../store/store.ts";

/** The runs of a workspace as a table: which there are, in which order, their cells, and the views that are kept of it. */
export class RunTable {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #announce: (runId: number) => void;

  /** `announce` tells everybody how a run stands. */
  constructor(options: { store: Store; clock: Clock; announce: (runId: number) => void }) {
    this.#announce = options.announce;
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
  async change(
    workspace: string,
    request: { ids: number[]; change: "archive" | "delete" | "restore"; dry_run: boolean },
    actor: string,
  ): Promise<ChangedRuns> {
    await this.#mustExist(workspace);
    const { ids, change } = request;
    const picked = await this.#store.read("changeableRuns", { workspace, ids, change });
    if (request.dry_run || picked.ids.length === 0) return picked;
    await this.#store.write("changeRuns", { ids: picked.ids, change, actor, now: this.#clock.now() });
    for (const id of picked.ids) this.#announce(id);
    return picked;
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
