import * as vscode from "vscode";
import type { Job } from "#contract/entities/job.ts";
import type { CommandId } from "../contributions/commands.ts";

/** Does the one thing that may mend a failed job. */
export async function applyFix(job: Job): Promise<void> {
  const { error } = job;
  if (!error?.fix) return;
  const run = (command: CommandId, argument: unknown = { kind: "job", job }) =>
    vscode.commands.executeCommand(command, argument);
  switch (error.fix.action) {
    case "open-lock":
      return void run("slipway.job.openLock");
    case "open-build-log": {
      const path = job.log_files.find((log) => log.path.includes("build"))?.path;
      return void run("slipway.job.openLog", { kind: "log", job, path });
    }
    case "open-log":
      return void run("slipway.job.openLog");
    case "open-location":
      return void run("slipway.job.openSnapshotFile", { job: job.name, ...error.location });
    case "free-space":
      return void run("slipway.engine.gc");
    case "run-again":
      return void run("slipway.job.runAgain");
    case "open-job-file":
      return openSource(job, error.fix.argument);
    case "add-package": {
      await openSource(job, "environment");
      const words = vscode.l10n.t(
        "{0} is not in the environment. Add it to the pip dependencies of the conda file (or choose another environment), then run again.",
        error.fix.argument ?? vscode.l10n.t("The module"),
      );
      await vscode.window.showInformationMessage(words);
    }
  }
}

/** Opens the job's YAML at the key that matters. */
async function openSource(job: Job, path: string | null): Promise<void> {
  if (!job.source_file) throw new Error(vscode.l10n.t("The file that this job came from is not known."));
  const editor = await vscode.window.showTextDocument(vscode.Uri.file(job.source_file));
  const key = path?.split(".").pop() ?? "";
  const at = editor.document.getText().search(new RegExp(`^\\s*${key}:`, "m"));
  if (at < 0) return;
  const place = editor.document.positionAt(at);
  editor.selection = new vscode.Selection(place, place);
  editor.revealRange(new vscode.Range(place, place), vscode.TextEditorRevealType.InCenter);
}
