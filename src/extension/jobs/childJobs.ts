import * as vscode from "vscode";
import type { EngineEvent } from "#contract/events.ts";
import type { JobSummary } from "#contract/entities/job.ts";
import type { Session } from "../session.ts";

const pageSize = 100;

interface Page {
  jobs: Map<string, JobSummary>;
  next: string | null;
}

/** What stands below the jobs that were opened in the view: read when it is asked for, then kept fresh by events. */
export class ChildJobs implements vscode.Disposable {
  readonly #session: Session;
  readonly #pages = new Map<string, Page>();
  readonly #changed = new vscode.EventEmitter<string>();
  readonly #subscriptions: vscode.Disposable[];

  /** The children of the job of this name have changed. */
  readonly onDidChange = this.#changed.event;

  constructor(session: Session) {
    this.#session = session;
    this.#subscriptions = [
      session.onEvent((event) => this.#hear(event)),
      session.onDidChange(() => this.#pages.clear()),
    ];
  }

  /** The newest first, and whether there are more. */
  async of(parent: string): Promise<{ jobs: JobSummary[]; hasMore: boolean }> {
    const page = this.#pages.get(parent) ?? (await this.#read(parent, undefined));
    const jobs = [...page.jobs.values()].sort((a, b) =>
      b.creation_context.created_at.localeCompare(a.creation_context.created_at),
    );
    return { jobs, hasMore: page.next !== null };
  }

  async more(parent: string): Promise<void> {
    await this.#read(parent, this.#pages.get(parent));
    this.#changed.fire(parent);
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions, this.#changed).dispose();
  }

  async #read(parent: string, before: Page | undefined): Promise<Page> {
    const client = await this.#session.client();
    const token = before?.next ?? undefined;
    const { jobs, next_page_token: next } = await client.listJobs({
      params: { workspace: this.#session.workspace },
      query: {
        parent_job_name: parent,
        max_results: pageSize,
        archived: "exclude",
        ...(token === undefined ? {} : { page_token: token }),
      },
    });
    const page = { jobs: new Map([...(before?.jobs ?? []), ...jobs.map((job) => [job.name, job] as const)]), next };
    this.#pages.set(parent, page);
    return page;
  }

  #hear(event: EngineEvent): void {
    if (event.type === "resync") return this.#pages.clear();
    if (event.type !== "job" || event.workspace !== this.#session.workspace) return;
    const { job } = event;
    if (job.parent_job_name === null) return;
    const page = this.#pages.get(job.parent_job_name);
    if (!page) return;
    if (job.archived) page.jobs.delete(job.name);
    else page.jobs.set(job.name, job);
    this.#changed.fire(job.parent_job_name);
  }
}
