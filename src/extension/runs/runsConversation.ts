import { CodedError } from "#base/errors.ts";
import type { SlipwayClient } from "#client/index.ts";
import type { RunsPanelEvent, RunsPanelRequest } from "#contract/panels/runs.ts";
import type { RunQuery, RunTableRow } from "#contract/routes/runTable.ts";

/** An event of a panel, before it gets its number. */
export type Unnumbered = RunsPanelEvent extends infer E ? (E extends unknown ? Omit<E, "seq"> : never) : never;

/** Runs whose rows one call brings. */
const most = 1000;
/** New keys of metrics and params are looked for no more often than this, in milliseconds. */
const columnsEvery = 10_000;

/** What a runs page asks of the engine, without anything of VS Code. */
export class RunsConversation {
  readonly #client: () => Promise<SlipwayClient>;
  readonly #workspace: () => string;
  readonly #post: (event: Unnumbered) => void;
  readonly #now: () => number;
  #searched: { search: number; query: RunQuery } | undefined;
  #found = "";
  #columnsAt = 0;

  constructor(options: {
    client: () => Promise<SlipwayClient>;
    workspace: () => string;
    post: (event: Unnumbered) => void;
    now: () => number;
  }) {
    this.#client = options.client;
    this.#workspace = options.workspace;
    this.#post = options.post;
    this.#now = options.now;
  }

  /** Answers what is only read or kept. Gives back false for a request that is for somebody else. */
  async answer(request: RunsPanelRequest): Promise<boolean> {
    const client = await this.#client();
    const params = { workspace: this.#workspace() };
    switch (request.type) {
      case "ready":
        // A page that tries again has asked for its runs already, and was not answered.
        this.#found = "";
        await this.#snapshot();
        await this.#search();
        return true;
      case "search":
        this.#searched = request;
        this.#found = "";
        await this.#search();
        return true;
      case "rows": {
        const { generation, ids, columns } = request;
        this.#post({ type: "rows", generation, rows: await client.runTableRows({ params, body: { ids, columns } }) });
        return true;
      }
      case "values": {
        const { column, prefix } = request;
        const values = await client.runTableValues({ params, query: { column, prefix } });
        this.#post({ type: "values", column, prefix, values });
        return true;
      }
      case "save-view":
        this.#post({ type: "views", views: await client.saveRunView({ params, body: request.view }) });
        return true;
      case "delete-view":
        this.#post({ type: "views", views: await client.deleteRunView({ params, query: { name: request.name } }) });
        return true;
      default:
        return false;
    }
  }

  /** Runs have changed, by name; null when it is not known which. Their cells are old, and there may be others. */
  async changed(names: string[] | null): Promise<void> {
    this.#post({ type: "stale", names });
    if (names === null || this.#now() - this.#columnsAt > columnsEvery) await this.#snapshot();
    await this.#search();
  }

  /** Some runs with some columns, in the order of `ids`. */
  async rows(ids: readonly number[], columns: readonly string[]): Promise<RunTableRow[]> {
    const client = await this.#client();
    const params = { workspace: this.#workspace() };
    const rows: RunTableRow[] = [];
    for (let from = 0; from < ids.length; from += most) {
      const body = { ids: ids.slice(from, from + most), columns: [...columns] };
      rows.push(...(await client.runTableRows({ params, body })));
    }
    return rows;
  }

  async #snapshot(): Promise<void> {
    const client = await this.#client();
    const params = { workspace: this.#workspace() };
    this.#columnsAt = this.#now();
    const [known, views] = await Promise.all([
      client.runTableColumns({ params, query: {} }),
      client.listRunViews({ params }),
    ]);
    this.#post({ type: "snapshot", workspace: params.workspace, known, views });
  }

  async #search(): Promise<void> {
    const searched = this.#searched;
    if (!searched) return;
    const { search, query } = searched;
    const client = await this.#client();
    try {
      const found = await client.searchRunTable({ params: { workspace: this.#workspace() }, body: query });
      const told = `${search} ${found.total} ${found.ids.join()}`;
      if (search !== this.#searched?.search || told === this.#found) return;
      this.#found = told;
      this.#post({ type: "found", search, ...found });
    } catch (thrown) {
      const place =
        thrown instanceof CodedError ? (thrown.details["place"] as { at: number; end: number } | undefined) : undefined;
      const isFilter = thrown instanceof CodedError && thrown.code === "invalid-request";
      if (!isFilter) throw thrown;
      const { at, end } = place ?? { at: 0, end: query.filter.length };
      this.#post({ type: "fault", search, message: thrown.message, at, end });
    }
  }
}
