import * as vscode from "vscode";
import { artifactUri } from "../files/runUri.ts";
import type { Session } from "../session.ts";

/** A file of the submitted code in both runs, side by side; a file that only one has is opened as it is. */
export async function openFileDiff(file: {
  from: string;
  to: string;
  path: string;
  change: "added" | "removed" | "changed";
}): Promise<void> {
  const uri = (job: string) => artifactUri({ job, root: "code", path: file.path });
  if (file.change !== "changed") {
    await vscode.commands.executeCommand("vscode.open", uri(file.change === "added" ? file.to : file.from));
    return;
  }
  await vscode.commands.executeCommand(
    "vscode.diff",
    uri(file.from),
    uri(file.to),
    `${file.path} (${file.from} ↔ ${file.to})`,
  );
}

/** The exact packages of both environments, side by side. */
export async function openLockDiff(session: Session, { from, to }: { from: string; to: string }): Promise<void> {
  const client = await session.client();
  const lockOf = async (name: string): Promise<vscode.Uri> => {
    const { environment_lock: path } = await client.showJob({ params: { workspace: session.workspace, name } });
    if (path === null)
      throw new Error(vscode.l10n.t("{0} has no environment lock: its environment was not built.", name));
    return artifactUri({ job: name, root: "artifacts", path });
  };
  const [left, right] = await Promise.all([lockOf(from), lockOf(to)]);
  await vscode.commands.executeCommand("vscode.diff", left, right, vscode.l10n.t("Packages ({0} ↔ {1})", from, to));
}
