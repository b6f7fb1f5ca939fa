import * as vscode from "vscode";
import type { JobSummary } from "#contract/entities/job.ts";
import { isTerminal, type JobStatus } from "#contract/entities/jobStatus.ts";
import type { FileEntry } from "#contract/routes/jobs.ts";
import { artifactUri } from "../files/runUri.ts";
import type { Runnable } from "../runnables/runnables.ts";
import { oneDecimal } from "../vscode/numbers.ts";
import type { ExperimentFolder } from "./experimentFolders.ts";
import type { Note } from "./noteItem.ts";
import { duration } from "./timeWords.ts";

/** What a row of the Jobs view stands for. */
export type JobNode =
  | { kind: "folder" }
  | { kind: "runnable"; runnable: Runnable }
  | { kind: "experiment"; folder: ExperimentFolder }
  | { kind: "job"; job: JobSummary }
  | { kind: "group"; job: JobSummary; group: "logs" | "outputs" | "code" }
  | { kind: "log"; job: JobSummary; path: string; bytes: number }
  | { kind: "file"; job: JobSummary; root: "artifacts" | "code"; entry: FileEntry }
  | { kind: "more"; parent?: string }
  | { kind: "note"; note: Note };

const statusIcons: Readonly<Record<JobStatus, { icon: string; color?: string }>> = {
  NotStarted: { icon: "circle-outline" },
  Queued: { icon: "watch" },
  Preparing: { icon: "loading~spin", color: "slipway.running" },
  Starting: { icon: "loading~spin", color: "slipway.running" },
  Running: { icon: "sync~spin", color: "slipway.running" },
  Finalizing: { icon: "loading~spin", color: "slipway.running" },
  CancelRequested: { icon: "stop-circle" },
  Completed: { icon: "pass", color: "slipway.completed" },
  Failed: { icon: "error", color: "slipway.failed" },
  Canceled: { icon: "circle-slash" },
};

/** "Running · contact lost": the status is the last that the target confirmed, contact is a second word. */
export function statusWords(job: JobSummary): string {
  const place =
    job.status === "Queued" && job.queue_place !== null
      ? ` · ${vscode.l10n.t("{0}. in the queue", job.queue_place)}`
      : "";
  return `${job.status}${place}${job.connection.state === "lost" && !isTerminal(job.status) ? ` · ${vscode.l10n.t("contact lost")}` : ""}`;
}

export function jobItem(job: JobSummary, options: { pinned: boolean; now: number }): vscode.TreeItem {
  const item = new vscode.TreeItem(job.display_name, vscode.TreeItemCollapsibleState.Collapsed);
  const { icon, color } =
    job.type === "base" ? { ...statusIcons[job.status], icon: "beaker" } : statusIcons[job.status];
  const took = duration(job, options.now);
  item.id = `job/${job.name}`;
  const gone = job.deleted_at ? vscode.l10n.t("deleted") : "";
  item.description = [gone, statusWords(job), took, job.experiment_name].filter(Boolean).join("  ");
  item.iconPath = new vscode.ThemeIcon(icon, color ? new vscode.ThemeColor(color) : undefined);
  item.contextValue = contextTokens(job, options.pinned).join(" ");
  item.command = {
    command: "slipway.job.openPage",
    title: vscode.l10n.t("Open Job Page"),
    arguments: [{ kind: "job", job } satisfies JobNode],
  };
  item.accessibilityInformation = {
    label: [
      job.display_name,
      statusWords(job),
      ...(took ? [took] : []),
      vscode.l10n.t("experiment {0}", job.experiment_name),
    ].join(", "),
  };
  return item;
}

/** Made only when the mouse rests on a row. */
export function jobTooltip(job: JobSummary): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  const line = (label: string, value: string | null | undefined) => {
    if (value) text.appendText(`${label}: ${value}`).appendMarkdown("  \n");
  };
  line(vscode.l10n.t("Name"), job.name);
  line(vscode.l10n.t("Status"), statusWords(job));
  line(vscode.l10n.t("Kind"), job.type === "base" ? vscode.l10n.t("a run that an MLflow client made") : undefined);
  line(vscode.l10n.t("Experiment"), job.experiment_name);
  line(vscode.l10n.t("Target"), job.compute);
  line(
    vscode.l10n.t("Submitted"),
    vscode.l10n.t(
      "{0} by {1}",
      new Date(job.creation_context.created_at).toLocaleString(vscode.env.language),
      job.creation_context.created_by,
    ),
  );
  line(vscode.l10n.t("From"), job.source_file);
  for (const [key, value] of Object.entries(job.tags)) line(key, value);
  return text;
}

function contextTokens(job: JobSummary, pinned: boolean): string[] {
  const ended = isTerminal(job.status);
  return [
    "job",
    ...(ended || job.type !== "command" ? [] : job.status === "CancelRequested" ? [] : ["cancellable"]),
    ...(job.source_file ? ["sourced"] : []),
    ...(job.type === "command" ? ["locked"] : []),
    ...(ended && job.type === "command" ? ["reproducible"] : []),
    ...(job.type === "base" ? [] : ["logged"]),
    ...(pinned ? ["pinned"] : []),
    ...(isDeletable(job) ? ["deletable"] : []),
    ...(job.archived ? ["archived"] : isArchivable(job) ? ["archivable"] : []),
  ];
}

/** A run that Slipway did not start may say Running for ever, when its program is gone. */
export function isArchivable(job: JobSummary): boolean {
  return !job.archived && (isTerminal(job.status) || job.type === "base");
}

/** A job that is not over is cancelled first. */
export function isDeletable(job: JobSummary): boolean {
  return !job.deleted_at && (isTerminal(job.status) || job.type === "base");
}

/** A run that no submit made has neither logs nor code here. */
export function groupsOf(job: JobSummary): readonly (keyof typeof groups)[] {
  return job.type === "base" ? ["outputs"] : ["logs", "outputs", "code"];
}

const groups = {
  logs: { label: vscode.l10n.t("Logs"), icon: "output" },
  outputs: { label: vscode.l10n.t("Outputs"), icon: "archive" },
  code: { label: vscode.l10n.t("Code as submitted"), icon: "code" },
} as const;

export function groupItem(node: Extract<JobNode, { kind: "group" }>): vscode.TreeItem {
  const { label, icon } = groups[node.group];
  const words = node.job.type === "base" ? vscode.l10n.t("Artifacts") : label;
  const item = new vscode.TreeItem(words, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `job/${node.job.name}/${node.group}`;
  item.iconPath = new vscode.ThemeIcon(icon);
  return item;
}

export function logItem(node: Extract<JobNode, { kind: "log" }>): vscode.TreeItem {
  const item = new vscode.TreeItem(node.path.split("/").pop() ?? node.path);
  item.id = `job/${node.job.name}/logs/${node.path}`;
  item.description = sizeWords(node.bytes);
  item.iconPath = new vscode.ThemeIcon("output");
  item.tooltip = node.path;
  item.command = { command: "slipway.job.openLog", title: vscode.l10n.t("Open Log"), arguments: [node] };
  return item;
}

export function fileItem(node: Extract<JobNode, { kind: "file" }>): vscode.TreeItem {
  const { entry, job, root } = node;
  const uri = artifactUri({ job: job.name, root, path: entry.path });
  const item = new vscode.TreeItem(
    uri,
    entry.is_dir ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None,
  );
  item.id = `job/${job.name}/${root}/${entry.path}`;
  item.label = entry.path.split("/").pop() ?? entry.path;
  item.iconPath = entry.is_dir ? vscode.ThemeIcon.Folder : vscode.ThemeIcon.File;
  if (!entry.is_dir) {
    item.description = sizeWords(entry.bytes);
    item.command = { command: "vscode.open", title: vscode.l10n.t("Open"), arguments: [uri] };
  }
  return item;
}

export function folderItem(): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("Run from this folder"), vscode.TreeItemCollapsibleState.Expanded);
  item.id = "folder";
  item.iconPath = new vscode.ThemeIcon("folder-opened");
  return item;
}

export function runnableItem(runnable: Runnable): vscode.TreeItem {
  const item = new vscode.TreeItem(runnable.uri);
  item.id = `runnable/${runnable.uri.toString()}`;
  item.description = runnable.what;
  item.contextValue = runnable.isScript ? "runnable script" : "runnable yaml";
  item.iconPath = new vscode.ThemeIcon(runnable.isScript ? "file-code" : "file");
  item.command = { command: "vscode.open", title: vscode.l10n.t("Open"), arguments: [runnable.uri] };
  item.accessibilityInformation = { label: `${vscode.workspace.asRelativePath(runnable.uri)}, ${runnable.what}` };
  return item;
}

export function moreItem(node: Extract<JobNode, { kind: "more" }>): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("Show more…"));
  item.id = node.parent === undefined ? "more" : `job/${node.parent}/more`;
  item.command = { command: "slipway.jobs.more", title: vscode.l10n.t("Show More Jobs"), arguments: [node] };
  return item;
}

const units = ["B", "kB", "MB", "GB", "TB"];

function sizeWords(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : oneDecimal(value)} ${units[unit] ?? ""}`;
}
