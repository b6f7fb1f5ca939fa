import * as vscode from "vscode";
import { join } from "node:path";
import type { SlipwayClient } from "#client/client.ts";
import { downloadFiles } from "#client/download/downloadFiles.ts";
import type { WantedFile } from "#client/download/wantedFile.ts";
import type { JobSummary } from "#contract/entities/job.ts";
import type { Session } from "../session.ts";

/** Copies a job's artifacts and outputs into a folder that the user chooses. Each file is whole or not there. */
export async function downloadJob(job: JobSummary, session: Session): Promise<void> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t("Download {0} to", job.display_name),
      canSelectFolders: true,
      canSelectFiles: false,
      openLabel: vscode.l10n.t("Download"),
    })) ?? [];
  if (!folder) return;
  const client = await session.client();
  const params = { workspace: session.workspace, name: job.name };
  const files = (await client.listArtifacts({ params, query: { recursive: true } })).filter((entry) => !entry.is_dir);
  if (files.length === 0) throw new Error(vscode.l10n.t("{0} has left no files.", job.display_name));
  const root = join(folder.fsPath, job.name);
  const wanted = files.map(({ path, bytes, sha256 }) => ({ path, place: path, bytes, sha256 }));
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t("Downloading {0}", job.display_name),
      cancellable: true,
    },
    (progress, token) => download(wanted, { client, params, root, progress, token }),
  );
  const words =
    files.length === 1
      ? vscode.l10n.t("1 file is in {0}.", root)
      : vscode.l10n.t("{0} files are in {1}.", files.length, root);
  const answer = await vscode.window.showInformationMessage(words, vscode.l10n.t("Open Folder"));
  if (answer) await vscode.commands.executeCommand("revealFileInOS", vscode.Uri.file(root));
}

async function download(
  files: readonly WantedFile[],
  to: {
    client: SlipwayClient;
    params: { workspace: string; name: string };
    root: string;
    progress: vscode.Progress<{ message: string; increment: number }>;
    token: vscode.CancellationToken;
  },
): Promise<void> {
  const { client, params, token } = to;
  const end = new AbortController();
  const listening = token.onCancellationRequested(() => end.abort(new vscode.CancellationError()));
  let shown = 0;
  try {
    await downloadFiles(files, {
      folder: to.root,
      signal: end.signal,
      read: async (path) => (await client.readArtifact({ params, query: { path } }, { signal: end.signal })).body,
      readMany: async (paths) => (await client.readArtifacts({ params, body: { paths } }, { signal: end.signal })).body,
      onProgress: (there) => {
        const share = Math.floor((100 * there) / files.length);
        if (share === shown && there < files.length) return;
        to.progress.report({
          message: vscode.l10n.t("{0} of {1} files", there, files.length),
          increment: share - shown,
        });
        shown = share;
      },
    });
  } finally {
    listening.dispose();
  }
}
