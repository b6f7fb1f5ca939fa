import { setTimeout as delay } from "node:timers/promises";
import * as vscode from "vscode";
import { messageOf } from "#base/errors.ts";
import type { JobSummary } from "#contract/entities/job.ts";
import { listFolder } from "../files/listFolder.ts";
import type { Runnables } from "../runnables/runnables.ts";
import type { Session } from "../session.ts";
import {
  fileItem,
  folderItem,
  groupItem,
  groupsOf,
  jobItem,
  jobTooltip,
  logItem,
  moreItem,
  runnableItem,
  type JobNode,
} from "./jobItems.ts";
import { ChildJobs } from "./childJobs.ts";
import { experimentFolders, pathsOf, type ExperimentFolder } from "./experimentFolders.ts";
import { experimentItem } from "./experimentItem.ts";
import type { JobList } from "./jobList.ts";
import { noteFor, noteItem } from "./noteItem.ts";

const searchAfterMs = 400;

/** The Jobs view: what the folder offers to run, then jobs with their logs, outputs and submitted code. */
export class JobsTree implements vscode.TreeDataProvider<JobNode>, vscode.Disposable {
  readonly #session: Session;
  readonly #jobs: JobList;
  readonly #runnables: Runnables;
  readonly #changed = new vscode.EventEmitter<JobNode | undefined>();
  readonly #children: ChildJobs;
  readonly #subscriptions: vscode.Disposable[];
  /** The node of each job, so that one row can be refreshed. */
  readonly #nodes = new Map<string, Extract<JobNode, { kind: "job" }>>();
  /** The node of each experiment and folder of experiments, by its path. */
  readonly #experiments = new Map<string, Extract<JobNode, { kind: "experiment" }>>();
  /** Calls for the roots that are under way, and whether they have to be asked for again. */
  #filling = 0;
  #stale = false;
  readonly #childNodes = new Map<string, Extract<JobNode, { kind: "job" }>>();

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(options: { session: Session; jobs: JobList; runnables: Runnables }) {
    this.#session = options.session;
    this.#jobs = options.jobs;
    this.#runnables = options.runnables;
    this.#children = new ChildJobs(options.session);
    this.#subscriptions = [
      this.#children,
      this.#children.onDidChange((parent) => {
        const node = this.#nodeOf(parent);
        if (node) this.#changed.fire(node);
      }),
      options.jobs.onDidChange((job) => this.#refresh(job)),
      options.runnables.onDidChange(() => this.#refresh(undefined)),
    ];
  }

  getTreeItem(node: JobNode): vscode.TreeItem {
    switch (node.kind) {
      case "folder":
        return folderItem();
      case "runnable":
        return runnableItem(node.runnable);
      case "experiment":
        return experimentItem(node.folder, { more: this.#jobs.hasMore });
      case "job":
        return jobItem(node.job, { pinned: this.#jobs.isPinned(node.job.name), now: Date.now() });
      case "group":
        return groupItem(node);
      case "log":
        return logItem(node);
      case "file":
        return fileItem(node);
      case "more":
        return moreItem(node);
      case "note":
        return noteItem(node.note);
    }
  }

  resolveTreeItem(item: vscode.TreeItem, node: JobNode): vscode.TreeItem {
    if (node.kind === "job") item.tooltip = jobTooltip(node.job);
    return item;
  }

  getParent(node: JobNode): JobNode | undefined {
    if (node.kind === "group") return this.#nodeOf(node.job.name);
    if (node.kind === "experiment") return this.#experiments.get(pathsOf(node.folder.path).at(-2) ?? "");
    if (node.kind !== "job") return undefined;
    if (node.job.parent_job_name !== null) return this.#nodeOf(node.job.parent_job_name);
    const isInFolder = this.#jobs.grouped && !this.#jobs.isPinned(node.job.name);
    return isInFolder ? this.#experiments.get(node.job.experiment_name) : undefined;
  }

  async getChildren(node?: JobNode): Promise<JobNode[]> {
    if (!node) return this.#roots();
    switch (node.kind) {
      case "folder":
        return (await this.#runnables.all()).map((runnable) => ({ kind: "runnable", runnable }));
      case "experiment":
        return this.#inFolder(node.folder);
      case "job":
        return [
          ...groupsOf(node.job).map((group) => ({ kind: "group" as const, job: node.job, group })),
          ...(await this.#below(node.job)),
        ];
      case "group":
        return this.#inGroup(node.job, node.group);
      case "file":
        return this.#files(node.job, node.root, node.entry.path);
      default:
        return [];
    }
  }

  /** More rows: of the list, or of what stands below one job. */
  more(node: unknown): Promise<void> {
    const parent = (node as Partial<Extract<JobNode, { kind: "more" }>> | undefined)?.parent;
    return parent === undefined ? this.#jobs.more() : this.#children.more(parent);
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions, this.#changed).dispose();
  }

  /** VS Code throws rows away that come after a refresh, and waits before it asks again: so none is told meanwhile. */
  async #roots(): Promise<JobNode[]> {
    this.#filling++;
    try {
      return await this.#fill();
    } finally {
      if (--this.#filling === 0 && this.#stale) {
        this.#stale = false;
        // After these rows were handed over.
        setImmediate(() => this.#changed.fire(undefined));
      }
    }
  }

  async #fill(): Promise<JobNode[]> {
    const listed = this.#jobs.all();
    // The search starts a language server, which would take its time from the jobs; a slow engine does not hold it up.
    const searched = Promise.race([listed.catch(() => undefined), delay(searchAfterMs)]).then(() =>
      this.#runnables.all(),
    );
    // A search that fails takes no job from the view.
    searched.catch(() => undefined);
    let jobs: JobSummary[] = [];
    let fault = "";
    try {
      jobs = await listed;
    } catch (thrown) {
      fault = messageOf(thrown);
    }
    // The folder is searched beside it, which takes longer: the view hears when it is done.
    const runnables = this.#runnables.found ?? (jobs.length > 0 ? [] : await searched);
    const known = new Set(jobs.map((job) => job.name));
    for (const name of this.#nodes.keys()) if (!known.has(name)) this.#nodes.delete(name);
    // Without files of the folder an empty tree lets the view's welcome text speak.
    if (runnables.length === 0 && jobs.length === 0 && fault === "") return [];
    const { text, mine } = this.#jobs.filter;
    const note = noteFor({ engine: this.#session.state, fault, jobs: jobs.length, filtered: text !== "" || mine });
    return [
      ...(runnables.length > 0 ? [{ kind: "folder" } as const] : []),
      ...(this.#jobs.grouped ? this.#byExperiment(jobs) : jobs.map((job) => this.#node(job))),
      ...(this.#jobs.hasMore ? [{ kind: "more" } as const] : []),
      ...(note ? [{ kind: "note", note } as const] : []),
    ];
  }

  /** Pinned jobs stay at the top; all others stand in the folder of their experiment. */
  #byExperiment(jobs: readonly JobSummary[]): JobNode[] {
    const isPinned = (job: JobSummary) => this.#jobs.isPinned(job.name);
    const folders = experimentFolders(jobs.filter((job) => !isPinned(job)));
    this.#experiments.clear();
    return [
      ...jobs.filter(isPinned).map((job) => this.#node(job)),
      ...folders.map((folder) => this.#experiment(folder)),
    ];
  }

  #experiment(folder: ExperimentFolder): JobNode {
    const node = { kind: "experiment" as const, folder };
    this.#experiments.set(folder.path, node);
    for (const inner of folder.folders) this.#experiment(inner);
    return node;
  }

  #inFolder(folder: ExperimentFolder): JobNode[] {
    const folders = folder.folders.flatMap(({ path }) => this.#experiments.get(path) ?? []);
    return [...folders, ...folder.jobs.map((job) => this.#node(job))];
  }

  #node(job: JobSummary, nodes = this.#nodes): JobNode {
    const node = nodes.get(job.name) ?? { kind: "job" as const, job };
    node.job = job;
    nodes.set(job.name, node);
    return node;
  }

  #nodeOf(name: string): JobNode | undefined {
    return this.#nodes.get(name) ?? this.#childNodes.get(name);
  }

  /** Child jobs and nested runs. Without an engine the job's own rows stand alone. */
  async #below(job: JobSummary): Promise<JobNode[]> {
    if (this.#session.state !== "running") return [];
    const { jobs, hasMore } = await this.#children.of(job.name);
    const rows = jobs.map((child) => this.#node(child, this.#childNodes));
    return hasMore ? [...rows, { kind: "more", parent: job.name }] : rows;
  }

  #refresh(job: JobSummary | undefined): void {
    // In folders a change of a job is one of the counts above it too.
    const node = job && !this.#jobs.grouped ? this.#nodes.get(job.name) : undefined;
    if (node && job) node.job = job;
    if (node === undefined && this.#filling > 0) this.#stale = true;
    else this.#changed.fire(node);
  }

  async #inGroup(job: JobSummary, group: "logs" | "outputs" | "code"): Promise<JobNode[]> {
    if (group !== "logs") return this.#files(job, group === "code" ? "code" : "artifacts", "");
    const client = await this.#session.client();
    const { log_files: files } = await client.showJob({
      params: { workspace: this.#session.workspace, name: job.name },
    });
    return files.map(({ path, bytes }) => ({ kind: "log", job, path, bytes }));
  }

  async #files(job: JobSummary, root: "artifacts" | "code", path: string): Promise<JobNode[]> {
    const entries = await listFolder(this.#session, { job: job.name, root, path });
    return entries.map((entry) => ({ kind: "file", job, root, entry }));
  }
}
