import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import { slipwayHome } from "#base/home.ts";
import { writeDiagnostics } from "#client/diagnostics/diagnostics.ts";
import type { Session } from "../session.ts";
import { setting } from "../vscode/settings.ts";

/** Writes the bundle below SLIPWAY_HOME and offers to show it. An engine that does not run is not started for it. */
export async function saveDiagnostics(session: Session): Promise<void> {
  const home = setting("slipway.home") || slipwayHome();
  const folder = join(home, "diagnostics");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const stamp = new Date()
    .toISOString()
    .replace(/[^0-9]/g, "")
    .slice(0, 14);
  const written = await writeDiagnostics({
    path: join(folder, `slipway-diagnostics-${stamp}.tar.gz`),
    home,
    client: () => session.ifRunning(),
    workspace: session.workspace || undefined,
    program: {
      program: "extension",
      vscode: vscode.version,
      trusted: vscode.workspace.isTrusted,
      settings: vscode.workspace.getConfiguration("slipway"),
    },
  });
  const reveal = vscode.l10n.t("Show in Folder");
  const message = vscode.l10n.t("Diagnostics are in {0}. Look through the file before you give it away.", written.path);
  void vscode.window.showInformationMessage(message, reveal).then((answer) => {
    if (answer === reveal) void vscode.commands.executeCommand("revealFileInOS", vscode.Uri.file(written.path));
  });
}
