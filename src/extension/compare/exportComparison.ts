import * as vscode from "vscode";
import { comparisonCsv } from "./csv.ts";
import { comparisonHtml, type Exported } from "./html.ts";

/** Writes a comparison to a file of the user's choice. */
export async function exportComparison(format: "csv" | "html", exported: Exported): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    title: format === "csv" ? "Export Comparison as CSV" : "Export Comparison as HTML",
    filters: format === "csv" ? { CSV: ["csv"] } : { HTML: ["html"] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, `comparison.${format}`) } : {}),
  });
  if (!uri) return;
  const text =
    format === "csv" ? comparisonCsv(exported.comparison) : comparisonHtml({ ...exported, madeAt: new Date() });
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  vscode.window.setStatusBarMessage(`The comparison is in ${uri.fsPath}`, 8000);
}
