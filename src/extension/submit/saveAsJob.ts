import * as vscode from "vscode";
import { basename, dirname, join, relative } from "node:path";

/** Writes the job YAML that ▶ on a script stands for, beside the script, and opens it. */
export async function saveAsJob(script: vscode.Uri): Promise<void> {
  const folder = dirname(script.fsPath);
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t("Save as Job YAML"),
    defaultUri: vscode.Uri.file(join(folder, "job.yml")),
    filters: { YAML: ["yml", "yaml"] },
  });
  if (!target) return;
  const code = relative(dirname(target.fsPath), folder).replaceAll("\\", "/") || ".";
  const text = [
    "$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json",
    `display_name: ${JSON.stringify(basename(script.fsPath, ".py"))}`,
    `code: ${JSON.stringify(code.startsWith(".") ? code : `./${code}`)}`,
    `command: ${JSON.stringify(`python ${basename(script.fsPath)}`)}`,
    "environment: azureml://registries/azureml/environments/sklearn-1.5/labels/latest",
    "compute: azureml:local",
    "",
  ].join("\n");
  await vscode.workspace.fs.writeFile(target, Buffer.from(text));
  await vscode.window.showTextDocument(target);
}
