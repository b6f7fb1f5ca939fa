import * as vscode from "vscode";
import { createWriteStream } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { dirname, join, normalize, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import type { JobSummary } from "#contract/entities/job.ts";
import type { Session } from "../session.ts";

/** Copies a job's artifacts and outputs into a folder that the user chooses. Each file is whole or not there. */
export async function downloadJob(job: JobSummary, session: Session): Promise<void> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: `Download ${job.display_name} to`,
      canSelectFolders: true,
      canSelectFiles: false,
      openLabel: "Download",
    })) ?? [];
  if (!folder) return;
  const client = await session.client();
  const params = { workspace: session.workspace, name: job.name };
  const files = (await client.listArtifacts({ params, query: { recursive: true } })).filter((entry) => !entry.is_dir);
  if (files.length === 0) throw new Error(`${job.display_name} has left no files.`);
  const root = join(folder.fsPath, job.name);
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Downloading ${job.display_name}`, cancellable: true },
    async (progress, token) => {
      for (const { path } of files) {
        if (token.isCancellationRequested) throw new vscode.CancellationError();
        progress.report({ message: path, increment: 100 / files.length });
        const target = inside(root, path);
        await mkdir(dirname(target), { recursive: true });
        const { body } = await client.readArtifact({ params, query: { path } });
        await pipeline(body, createWriteStream(`${target}.part`));
        await rename(`${target}.part`, target);
      }
    },
  );
  const answer = await vscode.window.showInformationMessage(`${files.length} files are in ${root}.`, "Open Folder");
  if (answer) await vscode.commands.executeCommand("revealFileInOS", vscode.Uri.file(root));
}

/** A job names its files, we choose where they go. */
function inside(root: string, path: string): string {
  const target = normalize(join(root, path));
  if (!target.startsWith(root + sep)) throw new Error(`The job named a file outside its folder: ${path}`);
  return target;
}
