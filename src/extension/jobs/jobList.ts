import * as vscode from "vscode";
import type { EngineEvent } from "#contract/events.ts";
import type { JobSummary } from "#contract/entities/job.ts";
import type { EngineState, Session } from "../session.ts";
import { setContext } from "../vscode/context.ts";

export interface JobFilter {
  text: string;
  mine: boolean;
  archived: boolean;
}

const pinsKey = "slipway.pins";
const groupedKey = "slipway.jobs.grouped";
/** More than a view shows at once; the first rows wait for the whole page. */
const pageSize = 100;

/** The jobs that the view shows, kept fresh by the engine's events. */
export class JobList implements vscode.Disposable {
  readonly #session: Session;
  readonly #memento: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<JobSummary | undefined>();
  readonly #subscriptions: vscode.Disposable[];
  readonly #jobs = new Map<string, JobSummary>();
  #nextPage: string | null = null;
  #loaded = false;
  /** How the engine was when the list was read. */
  #loadedFrom: EngineState = "stopped";
  #loading: Promise<void> | undefined;
  #filter: JobFilter = { text: "", mine: false, archived: false };

  /** One job has changed, or (undefined) the list has. */
  readonly onDidChange = this.#changed.event;

  constructor(options: { session: Session; memento: vscode.Memento }) {
    this.#session = options.session;
    this.#memento = options.memento;
    this.#subscriptions = [
      options.session.onEvent((event) => this.#hear(event)),
      options.session.onDidChange(() => this.#sessionChanged()),
    ];
  }

  get filter(): JobFilter {
    return this.#filter;
  }

  /** Whether the view shows jobs by experiment. */
  get grouped(): boolean {
    return this.#memento.get<boolean>(groupedKey) ?? false;
  }

  async setGrouped(grouped: boolean): Promise<void> {
    await this.#memento.update(groupedKey, grouped);
    this.#changed.fire(undefined);
  }

  get hasMore(): boolean {
    return this.#nextPage !== null;
  }

  /** Pinned jobs first, then the newest. */
  async all(): Promise<JobSummary[]> {
    await this.#load();
    const pins = this.#pins();
    const isPinned = (job: JobSummary) => (pins.has(job.name) ? 0 : 1);
    return [...this.#jobs.values()].sort(
      (a, b) => isPinned(a) - isPinned(b) || b.creation_context.created_at.localeCompare(a.creation_context.created_at),
    );
  }

  find(name: string): JobSummary | undefined {
    return this.#jobs.get(name);
  }

  /** Jobs that run on a target of ours. */
  running(): number {
    return [...this.#jobs.values()].filter((job) => job.status === "Running" && job.type !== "base").length;
  }

  isPinned(name: string): boolean {
    return this.#pins().has(name);
  }

  async pin(name: string, pinned: boolean): Promise<void> {
    const pins = this.#pins();
    if (pinned) pins.add(name);
    else pins.delete(name);
    await this.#memento.update(pinsKey, [...pins]);
    this.#changed.fire(undefined);
  }

  setFilter(change: Partial<JobFilter>): void {
    this.#filter = { ...this.#filter, ...change };
    setContext("slipway.jobs.isFiltered", this.#isFiltered());
    this.reload();
  }

  reload(): void {
    this.#loaded = false;
    this.#loading = undefined;
    this.#changed.fire(undefined);
  }

  async more(): Promise<void> {
    await this.#page();
    this.#changed.fire(undefined);
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions, this.#changed).dispose();
  }

  #load(): Promise<void> {
    if (this.#loaded) return Promise.resolve();
    if (this.#loading) return this.#loading;
    // Reaching the engine changes the session at once, which must find this load under way.
    const loading = Promise.resolve()
      .then(() => this.#first())
      .finally(() => {
        if (this.#loading === loading) this.#loading = undefined;
      });
    return (this.#loading = loading);
  }

  /**
   * A load that is under way has the news already, and so has a list that was read from this very engine: a second fill
   * would throw away the rows that the view is about to show.
   */
  #sessionChanged(): void {
    if (this.#loading || (this.#loaded && this.#session.state === this.#loadedFrom)) return;
    this.reload();
  }

  async #first(): Promise<void> {
    this.#jobs.clear();
    this.#nextPage = null;
    await this.#page();
    this.#loaded = true;
    this.#loadedFrom = this.#session.state;
  }

  async #page(): Promise<void> {
    const client = vscode.workspace.isTrusted ? await this.#session.client() : await this.#session.ifRunning();
    if (!client) return;
    const { text, mine, archived } = this.#filter;
    const page = await client.listJobs({
      params: { workspace: this.#session.workspace },
      query: {
        max_results: pageSize,
        archived: archived ? "include" : "exclude",
        ...(text ? { text } : {}),
        ...(mine ? { created_by: "me" } : {}),
        ...(this.#nextPage ? { page_token: this.#nextPage } : {}),
      },
    });
    for (const job of page.jobs) this.#jobs.set(job.name, job);
    this.#nextPage = page.next_page_token;
    this.#tellContext();
  }

  #hear(event: EngineEvent): void {
    if (event.type === "resync") return this.reload();
    if (event.type === "job-deleted" && this.#jobs.delete(event.name)) return this.#changed.fire(undefined);
    if (event.type !== "job" || event.workspace !== this.#session.workspace || !this.#loaded) return;
    if (event.job.parent_job_name !== null) return;
    const known = this.#jobs.get(event.job.name);
    // Whether a new job passes a filter is the engine's to say.
    if (!known && this.#isFiltered()) return this.reload();
    if (event.job.archived && !this.#filter.archived) this.#jobs.delete(event.job.name);
    else this.#jobs.set(event.job.name, event.job);
    this.#tellContext();
    this.#changed.fire(known && known.archived === event.job.archived ? event.job : undefined);
  }

  #isFiltered(): boolean {
    return this.#filter.text !== "" || this.#filter.mine;
  }

  #tellContext(): void {
    setContext("slipway.jobs", this.#jobs.size > 0 ? "some" : this.#isFiltered() ? "filtered" : "empty");
  }

  #pins(): Set<string> {
    return new Set(this.#memento.get<string[]>(pinsKey) ?? []);
  }
}
