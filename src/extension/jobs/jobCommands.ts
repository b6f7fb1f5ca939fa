import * as vscode from "vscode";
import type { JobSummary } from "#contract/entities/job.ts";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import type { JobPanels } from "./jobPanels.ts";
import { artifactUri } from "../files/runUri.ts";
import { logUri } from "../logs/logUri.ts";
import type { Session } from "../session.ts";
import { submitFile } from "../submit/submit.ts";
import type { CommandHandlers } from "../vscode/commands.ts";
import { downloadJob } from "./download.ts";
import { isArchivable, type JobNode } from "./jobItems.ts";
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
  "slipway.job.validate"
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

  return {
    "slipway.job.run": (argument) => run(fileOf(argument)),
    "slipway.job.runAgain": async (argument) => {
      const chosen = await job(argument, "Run Again", (candidate) => candidate.source_file !== null);
      if (chosen.source_file) await run(vscode.Uri.file(chosen.source_file));
    },
    "slipway.job.cancel": async (argument) => {
      const chosen = await job(
        argument,
        "Cancel Job",
        (candidate) => !isTerminal(candidate.status) && candidate.type !== "base",
      );
      const answer = await vscode.window.showWarningMessage(
        `Cancel ${chosen.display_name}?`,
        { modal: true, detail: "Its processes are asked to end and, after a grace time, ended." },
        "Cancel Job",
      );
      if (answer !== "Cancel Job") return;
      const client = await session.client();
      await client.cancelJob({ params: { workspace: session.workspace, name: chosen.name } });
    },
    "slipway.job.openPage": async (argument) => panels.show((await job(argument, "Open Job Page")).name),
    "slipway.job.openLog": async (argument) =>
      openLog(await job(argument, "Open Log", (candidate) => candidate.type !== "base"), pathOf(argument)),
    "slipway.job.openSource": async (argument) => {
      const { source_file: file } = await job(argument, "Open Job File", (candidate) => candidate.source_file !== null);
      if (file) await vscode.window.showTextDocument(vscode.Uri.file(file));
    },
    "slipway.job.openLock": async (argument) => {
      const chosen = await job(argument, "Open Environment Lock");
      const client = await session.client();
      const params = { workspace: session.workspace, name: chosen.name };
      const { environment_lock: path } = await client.showJob({ params });
      if (path === null) throw new Error("This job has no environment lock: its environment was not built yet.");
      await vscode.window.showTextDocument(artifactUri({ job: chosen.name, root: "artifacts", path }));
    },
    "slipway.job.openSnapshotFile": (argument) => openPlace(argument, session),
    "slipway.job.copyName": async (argument) => vscode.env.clipboard.writeText((await job(argument, "Copy Name")).name),
    "slipway.job.rename": async (argument) => {
      const chosen = await job(argument, "Rename Job");
      const name = await vscode.window.showInputBox({
        title: "Rename Job",
        value: chosen.display_name,
        validateInput: (text) => (text.trim() ? undefined : "A name is needed."),
      });
      if (name !== undefined) await update(chosen, { display_name: name.trim() });
    },
    "slipway.job.editTags": async (argument) => {
      const chosen = await job(argument, "Edit Tags");
      const text = await vscode.window.showInputBox({
        title: "Edit Tags",
        prompt: "`key=value` sets a tag, `key=` removes it.",
        placeHolder:
          Object.entries(chosen.tags)
            .map(([key, value]) => `${key}=${value}`)
            .join(", ") || "stage=candidate",
        validateInput: (words) => (words.includes("=") ? undefined : "Write key=value."),
      });
      if (text === undefined) return;
      const [key = "", ...value] = text.split("=");
      await update(chosen, { tags: { [key.trim()]: value.join("=").trim() || null } });
    },
    "slipway.job.archive": async (argument) =>
      update(await job(argument, "Archive Job", isArchivable), { archived: true }),
    "slipway.job.restore": async (argument) =>
      update(await job(argument, "Restore Job", (candidate) => candidate.archived), { archived: false }),
    "slipway.job.download": async (argument) => downloadJob(await job(argument, "Download Outputs"), session),
    "slipway.job.pin": async (argument) => jobs.pin((await job(argument, "Pin Job")).name, true),
    "slipway.job.unpin": async (argument) =>
      jobs.pin((await job(argument, "Unpin Job", (candidate) => jobs.isPinned(candidate.name))).name, false),
    "slipway.jobs.filter": async () => {
      const text = await vscode.window.showInputBox({
        title: "Filter Jobs",
        value: jobs.filter.text,
        prompt: "A part of a name, experiment, tag or status.",
      });
      if (text !== undefined) jobs.setFilter({ text: text.trim() });
    },
    "slipway.jobs.clearFilter": () => jobs.setFilter({ text: "", mine: false }),
    "slipway.jobs.mine": () => jobs.setFilter({ mine: !jobs.filter.mine }),
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
  throw new Error("Open a job YAML or a Python script first, or choose one under “Run from this folder”.");
}

function pathOf(argument: unknown): string | undefined {
  return (argument as JobNode | undefined)?.kind === "log"
    ? (argument as Extract<JobNode, { kind: "log" }>).path
    : undefined;
}
