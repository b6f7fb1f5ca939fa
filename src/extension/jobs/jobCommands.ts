import * as vscode from "vscode";
import type { JobSummary } from "#contract/entities/job.ts";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import type { JobPanels } from "./jobPanels.ts";
import { artifactUri } from "../files/runUri.ts";
import { logUri } from "../logs/logUri.ts";
import type { Session } from "../session.ts";
import { submitFile } from "../submit/submit.ts";
import type { CommandHandlers } from "../vscode/commands.ts";
import { deleteJobs } from "./deleteJobs.ts";
import { downloadJob } from "./download.ts";
import { isArchivable, isDeletable, type JobNode } from "./jobItems.ts";
import type { JobList } from "./jobList.ts";
import { openPlace } from "./openPlace.ts";
import { pickJob } from "./pickJob.ts";

interface JobCommandsOptions {
  session: Session;
  jobs: JobList;
  panels: JobPanels;
  view: () => vscode.TreeView<JobNode>;
  /** Shows more rows, where the row that asks for them stands. */
  more: (node: unknown) => Promise<void>;
}

type JobCommand = Exclude<
  Extract<keyof CommandHandlers, `slipway.job.${string}` | `slipway.jobs.${string}`>,
  "slipway.job.validate" | "slipway.job.reproduce" | "slipway.job.clone"
>;

/** Everything that can be done with jobs, from the tree, the palette and the job page. */
export function jobCommands({
  session,
  jobs,
  panels,
  view,
  more,
}: JobCommandsOptions): Pick<CommandHandlers, JobCommand> {
  const job = (argument: unknown, title: string, only?: (candidate: JobSummary) => boolean) =>
    pickJob(argument, { jobs, title, selected: () => view().selection[0], ...(only ? { only } : {}) });
  const update = async (
    summary: JobSummary,
    body: { display_name?: string; archived?: boolean; tags?: Record<string, string | null> },
  ) => {
    const client = await session.client();
    await client.updateJob({ params: { workspace: session.workspace, name: summary.name }, body });
  };
  const run = async (uri: vscode.Uri) => {
    const submitted = await submitFile(uri, session);
    if (!submitted) return;
    await openLog(submitted);
    void reveal(submitted.name);
  };
  const reveal = async (name: string) => {
    const summary = jobs.find(name);
    if (summary && view().visible) await view().reveal({ kind: "job", job: summary }, { select: true, focus: false });
  };

  // The tag keeps what is pinned from purges and from the retention time.
  const pin = async (summary: JobSummary, pinned: boolean) => {
    await jobs.pin(summary.name, pinned);
    await update(summary, { tags: { pinned: pinned ? "true" : null } });
  };

  return {
    "slipway.job.run": (argument) => run(fileOf(argument)),
    "slipway.job.runAgain": async (argument) => {
      const chosen = await job(argument, vscode.l10n.t("Run Again"), (candidate) => candidate.source_file !== null);
      if (chosen.source_file) await run(vscode.Uri.file(chosen.source_file));
    },
    "slipway.job.cancel": async (argument) => {
      const chosen = await job(
        argument,
        vscode.l10n.t("Cancel Job"),
        (candidate) => !isTerminal(candidate.status) && candidate.type !== "base",
      );
      const cancel = vscode.l10n.t("Cancel Job");
      const answer = await vscode.window.showWarningMessage(
        vscode.l10n.t("Cancel {0}?", chosen.display_name),
        { modal: true, detail: vscode.l10n.t("Its processes are asked to end and, after a grace time, ended.") },
        cancel,
      );
      if (answer !== cancel) return;
      const client = await session.client();
      await client.cancelJob({ params: { workspace: session.workspace, name: chosen.name } });
    },
    "slipway.job.openPage": async (argument) => panels.show((await job(argument, vscode.l10n.t("Open Job Page"))).name),
    "slipway.job.openLog": async (argument) =>
      openLog(
        await job(argument, vscode.l10n.t("Open Log"), (candidate) => candidate.type !== "base"),
        pathOf(argument),
      ),
    "slipway.job.openSource": async (argument) => {
      const { source_file: file } = await job(
        argument,
        vscode.l10n.t("Open Job File"),
        (candidate) => candidate.source_file !== null,
      );
      if (file) await vscode.window.showTextDocument(vscode.Uri.file(file));
    },
    "slipway.job.openLock": async (argument) => {
      const chosen = await job(argument, vscode.l10n.t("Open Environment Lock"));
      const client = await session.client();
      const params = { workspace: session.workspace, name: chosen.name };
      const { environment_lock: path } = await client.showJob({ params });
      if (path === null)
        throw new Error(vscode.l10n.t("This job has no environment lock: its environment was not built yet."));
      await vscode.window.showTextDocument(artifactUri({ job: chosen.name, root: "artifacts", path }));
    },
    "slipway.job.openSnapshotFile": (argument) => openPlace(argument, session),
    "slipway.job.copyName": async (argument) =>
      vscode.env.clipboard.writeText((await job(argument, vscode.l10n.t("Copy Name"))).name),
    "slipway.job.rename": async (argument) => {
      const chosen = await job(argument, vscode.l10n.t("Rename Job"));
      const name = await vscode.window.showInputBox({
        title: vscode.l10n.t("Rename Job"),
        value: chosen.display_name,
        validateInput: (text) => (text.trim() ? undefined : vscode.l10n.t("A name is needed.")),
      });
      if (name !== undefined) await update(chosen, { display_name: name.trim() });
    },
    "slipway.job.editTags": async (argument) => {
      const chosen = await job(argument, vscode.l10n.t("Edit Tags"));
      const text = await vscode.window.showInputBox({
        title: vscode.l10n.t("Edit Tags"),
        prompt: vscode.l10n.t("`key=value` sets a tag, `key=` removes it."),
        placeHolder:
          Object.entries(chosen.tags)
            .map(([key, value]) => `${key}=${value}`)
            .join(", ") || "stage=candidate",
        validateInput: (words) => (words.includes("=") ? undefined : vscode.l10n.t("Write key=value.")),
      });
      if (text === undefined) return;
      const [key = "", ...value] = text.split("=");
      await update(chosen, { tags: { [key.trim()]: value.join("=").trim() || null } });
    },
    "slipway.job.archive": async (argument) =>
      update(await job(argument, vscode.l10n.t("Archive Job"), isArchivable), { archived: true }),
    "slipway.job.delete": async (argument, more) => {
      const rows =
        Array.isArray(more) && more.length > 1 ? (more as JobNode[]) : argument === undefined ? view().selection : [];
      const selected = rows.flatMap((row) => (row.kind === "job" ? [row.job.name] : []));
      const names =
        selected.length > 0 ? selected : [(await job(argument, vscode.l10n.t("Delete Job"), isDeletable)).name];
      await deleteJobs([...new Set(names)], session);
    },
    "slipway.job.restore": async (argument) =>
      update(await job(argument, vscode.l10n.t("Restore Job"), (candidate) => candidate.archived), { archived: false }),
    "slipway.job.download": async (argument) =>
      downloadJob(await job(argument, vscode.l10n.t("Download Outputs")), session),
    "slipway.job.pin": async (argument) => pin(await job(argument, vscode.l10n.t("Pin Job")), true),
    "slipway.job.unpin": async (argument) =>
      pin(await job(argument, vscode.l10n.t("Unpin Job"), (candidate) => jobs.isPinned(candidate.name)), false),
    "slipway.jobs.filter": async () => {
      const text = await vscode.window.showInputBox({
        title: vscode.l10n.t("Filter Jobs"),
        value: jobs.filter.text,
        prompt: vscode.l10n.t("A part of a name, experiment, tag or status."),
      });
      if (text !== undefined) jobs.setFilter({ text: text.trim() });
    },
    "slipway.jobs.clearFilter": () => jobs.setFilter({ text: "", mine: false }),
    "slipway.jobs.mine": () => jobs.setFilter({ mine: !jobs.filter.mine }),
    "slipway.jobs.group": () => jobs.setGrouped(!jobs.grouped),
    "slipway.jobs.archived": () => jobs.setFilter({ archived: !jobs.filter.archived }),
    "slipway.jobs.more": more,
  };
}

async function openLog(job: Pick<JobSummary, "name" | "display_name">, path?: string): Promise<void> {
  const label = path === undefined ? job.display_name : `${job.display_name} ${path.split("/").pop() ?? ""}`;
  const document = await vscode.workspace.openTextDocument(logUri({ job: job.name, path, label }));
  await vscode.languages.setTextDocumentLanguage(document, "slipway-log");
  await vscode.window.showTextDocument(document, { preview: false });
}

/** The file that ▶ is about: the argument of a menu, a row of the tree, else the active editor's. */
function fileOf(argument: unknown): vscode.Uri {
  if (argument instanceof vscode.Uri) return argument;
  if (typeof argument === "string") return vscode.Uri.parse(argument);
  const node = argument as JobNode | undefined;
  if (node?.kind === "runnable") return node.runnable.uri;
  const active = vscode.window.activeTextEditor?.document.uri;
  if (active?.scheme === "file") return active;
  throw new Error(
    vscode.l10n.t("Open a job YAML or a Python script first, or choose one under “Run from this folder”."),
  );
}

function pathOf(argument: unknown): string | undefined {
  return (argument as JobNode | undefined)?.kind === "log"
    ? (argument as Extract<JobNode, { kind: "log" }>).path
    : undefined;
}
