import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Clock } from "#base/clock.ts";
import { CodedError } from "#base/errors.ts";
import { Name } from "#contract/entities/creation.ts";
import { slipwayError } from "#contract/errors.ts";
import type { Job, JobSummary } from "#contract/entities/job.ts";
import type { JobStatus } from "#contract/entities/jobStatus.ts";
import type { Preflight } from "#contract/entities/submit.ts";
import type { EventBus } from "../core/events.ts";
import type { CodeService } from "../core/ports/code.ts";
import type { TrackingService } from "../core/ports/tracking.ts";
import { countProgress, ProgressReport } from "../core/progress.ts";
import type { LogStore } from "../logs/logStore.ts";
import type { NewJob } from "../store/commands/jobs.ts";
import type { JobFilter, PlainRunRow } from "../store/queries/jobList.ts";
import type { JobRow } from "../store/queries/jobs.ts";
import type { Store } from "../store/store.ts";
import type { Connections } from "./connections.ts";
import type { JobPlan } from "../core/jobPlan.ts";
import { makeDraft, type Draft, type DraftRequest, type DraftServices } from "./draft.ts";
import { makeJobName } from "./jobName.ts";
import { notStartedHere, toRunJob } from "./plainRun.ts";
import { toJob } from "./present.ts";
import { toSheet } from "./sheet.ts";
import { checkDraft, toNewJob, toPlan } from "./submission.ts";
import { toSummary } from "./summary.ts";

export interface JobsOptions extends DraftServices {
  store: Store;
  bus: EventBus;
  clock: Clock;
  logs: LogStore;
  tracking: TrackingService;
  connections: Connections;
  /** URL of a workspace's MLflow API. */
  trackingUri: (workspace: string) => string;
  /** A job was queued. */
  onQueued: () => void;
  /** A job shall stop; the store says so already. */
  onCancel: (runId: number) => void;
}

interface SubmitRequest extends DraftRequest {
  name?: string | undefined;
  debug?: boolean | undefined;
  debug_wait_s?: number | undefined;
  /** What progress is told under; the job's name when not given. */
  operation?: string | undefined;
}

export interface JobPage {
  jobs: JobSummary[];
  next_page_token: string | null;
  total: number;
}

/** Jobs as clients see them: what a submit would do, the submit itself, lists, single jobs, changes. */
export class Jobs {
  readonly #options: JobsOptions;
  /** Jobs that are being looked at, and whether they have changed meanwhile. */
  readonly #announcing = new Map<number, boolean>();

  constructor(options: JobsOptions) {
    this.#options = options;
  }

  /** The sheet of a submit. Changes nothing. */
  async preflight(workspace: string, request: DraftRequest & { name?: string | undefined }): Promise<Preflight> {
    const draft = await makeDraft(workspace, request, this.#options);
    const jobs = await this.#options.store.read("unfinishedJobs", {});
    const ahead = jobs.filter((job) => job.compute === draft.target.name && job.status === "Queued");
    return toSheet(draft, { file: request.source.file, name: request.name, queuePlace: ahead.length + 1 });
  }

  /**
   * Submits a job: its code and its row are durable when this settles. The same name with the same content is the job that
   * is there already. Throws `conflict` for a name that is taken by something else, and what {@link checkDraft} throws.
   */
  async submit(workspace: string, request: SubmitRequest, actor: string): Promise<Job> {
    const { clock } = this.#options;
    const draft = await makeDraft(workspace, request, this.#options);
    const name = checkedName(request.name ?? draft.document.job.name ?? makeJobName());
    checkDraft(draft);
    const snapshot = await this.#snapshot(workspace, draft, request.operation ?? name);
    // A file that the new job was not made of is none to press ▶ on.
    const file = request.from ? null : request.source.file;
    const where = { workspace, name, actor, file, at: clock.now() };
    return this.add(toNewJob(draft, toPlan(draft, snapshot, await debugOf(request, draft)), where));
  }

  /** Queues a job that is worked out; durable when this settles. Throws `conflict` for a name that is taken. */
  async add(job: NewJob): Promise<Job> {
    const { store, logs } = this.#options;
    const { workspace, name } = job;
    const { runId, created } = await store.write("createJob", job);
    if (created) {
      logs.begin({ workspace, job: name });
      this.#options.onQueued();
      void this.announce(runId);
    }
    return this.show(workspace, name);
  }

  async #snapshot(workspace: string, draft: Draft, subject: string): Promise<JobPlan["snapshot"]> {
    if (draft.taken) return draft.taken.snapshot;
    if (draft.code.sheet.root === null) return null;
    const { digest, files, bytes } = await this.#freeze(workspace, draft, subject);
    return { digest, files, bytes };
  }

  /** Keeps the code, and tells how far that is. */
  #freeze(workspace: string, draft: Draft, subject: string): ReturnType<CodeService["freeze"]> {
    return new ProgressReport({ ...this.#options, workspace, subject }).during("files", (tell) =>
      this.#options.code.freeze(draft.code, (count) => tell(countProgress("freezing", "", count))),
    );
  }

  /** A page of jobs and of plain runs, the newest first. */
  async list(filter: JobFilter, page: { limit: number; token: string | undefined }): Promise<JobPage> {
    const { store, connections } = this.#options;
    const before = page.token === undefined ? null : Number(page.token);
    if (Number.isNaN(before)) throw slipwayError("invalid-request", "page_token is not one that a list returned.");
    const [, rows, total] = await Promise.all([
      this.#mustExist(filter.workspace),
      store.read("listJobs", { filter, before, limit: page.limit + 1 }),
      store.read("countJobs", { filter }),
    ]);
    const shown = rows.slice(0, page.limit);
    const last = rows.length > page.limit ? shown.at(-1) : undefined;
    return {
      jobs: shown.map((row) => toSummary(row, connections)),
      next_page_token: last === undefined ? null : String(last.run_id),
      total,
    };
  }

  /** One job, whole. Throws `not-found`. */
  async show(workspace: string, name: string): Promise<Job> {
    const { store, connections, logs, tracking, trackingUri } = this.#options;
    const row = await this.#find(workspace, name);
    if ("mlflow_tags" in row) {
      const noted = await tracking.warnings(workspace, name);
      return toRunJob({ row, connections, trackingUri: trackingUri(workspace), warnings: noted });
    }
    const [changes, files, warnings] = await Promise.all([
      store.read("jobChanges", { runId: row.run_id }),
      logs.list({ workspace, job: name }),
      tracking.warnings(workspace, name),
    ]);
    return toJob({ row, changes, connections, logs: files, trackingUri: trackingUri(workspace), warnings });
  }

  /** Throws `not-found` when there is neither a job nor a run of this name. */
  async mustHave(workspace: string, name: string): Promise<void> {
    await this.#find(workspace, name);
  }

  /** A submitted job as the store has it. Throws `not-found`, and `conflict` for a run that is no job. */
  async row(workspace: string, name: string): Promise<JobRow> {
    const row = await this.#find(workspace, name);
    if ("mlflow_tags" in row) throw notStartedHere(row);
    return row;
  }

  /** The job, or the run that is none, as the store has it. Throws `not-found`. */
  async #find(workspace: string, name: string): Promise<JobRow | PlainRunRow> {
    const { store } = this.#options;
    const row = (await store.read("job", { workspace, name })) ?? (await store.read("plainRun", { workspace, name }));
    if (row !== undefined) return row;
    await this.#mustExist(workspace);
    throw slipwayError("not-found", `There is no job ${name} in the workspace ${workspace}.`, {
      next: "`slipway job list` shows the jobs of a workspace.",
    });
  }

  async #mustExist(workspace: string): Promise<void> {
    if (await this.#options.store.read("workspace", { name: workspace })) return;
    throw slipwayError("not-found", `There is no workspace ${workspace}.`, {
      next: "`slipway workspace list` shows those that are there.",
    });
  }

  /** Changes what a person may change. */
  async update(
    workspace: string,
    name: string,
    change: {
      displayName?: string;
      description?: string | null;
      tags?: Record<string, string | null>;
      archived?: boolean;
    },
    actor?: string,
  ): Promise<Job> {
    const { store, clock, tracking } = this.#options;
    const { run_id: runId } = await this.#find(workspace, name);
    await store.write("updateJob", { workspace, name, at: clock.now(), actor, ...change });
    const tags = {
      ...change.tags,
      ...(change.displayName === undefined ? {} : { "mlflow.runName": change.displayName }),
      ...(change.description === undefined ? {} : { "mlflow.note.content": change.description }),
    };
    if (Object.keys(tags).length > 0) await tracking.setTags({ workspace, name, tags });
    void this.announce(runId);
    return this.show(workspace, name);
  }

  /** Asks a job to stop. Throws `conflict` when it is Completed or Failed already, or was not started here. */
  async cancel(workspace: string, name: string, actor: string): Promise<Job> {
    const { store, clock, logs, tracking } = this.#options;
    const { run_id: runId, status: before } = await this.row(workspace, name);
    const at = clock.now();
    const status: JobStatus = await store.write("requestCancel", { runId, at, actor });
    if (status === "Canceled" && before !== "Canceled") {
      await logs.finish({ workspace, job: name });
      tracking.runChanged(workspace, name);
    } else if (status === "CancelRequested") this.#options.onCancel(runId);
    void this.announce(runId);
    return this.show(workspace, name);
  }

  /** Tells everybody how a job stands. One look at a time for each job, so that no older state is told after a newer. */
  async announce(runId: number): Promise<void> {
    const { store, bus, connections } = this.#options;
    if (this.#announcing.has(runId)) return void this.#announcing.set(runId, true);
    try {
      do {
        this.#announcing.set(runId, false);
        const row = await store.read("jobSummary", { runId });
        if (row) bus.publish({ type: "job", workspace: row.workspace, job: toSummary(row, connections) });
      } while (this.#announcing.get(runId) === true);
    } catch (failure) {
      // The engine stops: whoever listens hears that from elsewhere.
      if (!(failure instanceof CodedError) || failure.code !== "unavailable") throw failure;
    } finally {
      this.#announcing.delete(runId);
    }
  }
}

/** How the job can be debugged; undefined when nobody asked for it. */
async function debugOf(request: SubmitRequest, draft: Draft): Promise<JobPlan["debug"]> {
  if (request.debug !== true) return undefined;
  // As the user writes it: breakpoints are set in files of that path, whatever links are in it.
  const { root } = draft.code.sheet;
  const path = draft.taken ? draft.taken.path : root === null ? null : (draft.document.job.code?.path ?? root);
  const isFile = path !== null && ((await stat(path).catch(() => undefined))?.isFile() ?? false);
  return { waitS: request.debug_wait_s ?? 0, codeRoot: isFile ? dirname(path) : path };
}

/** The name becomes a folder's name, so it holds what Azure ML allows and nothing else. */
export function checkedName(name: string): string {
  const checked = Name.safeParse(name);
  if (checked.success) return checked.data;
  throw slipwayError(
    "invalid-request",
    `"${name.slice(0, 100)}" cannot be a job's name: ${checked.error.issues[0]?.message}.`,
  );
}
