import * as vscode from "vscode";
import { comparisonCsv } from "./csv.ts";
import { comparisonHtml, type Exported } from "./html.ts";

/** Writes a comparison to a file of the user's choice. */
export async function exportComparison(format: "csv" | "html", exported: Exported): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    title: format === "csv" ? vscode.l10n.t("Export Comparison as CSV") : vscode.l10n.t("Export Comparison as HTML"),
    filters: format === "csv" ? { CSV: ["csv"] } : { HTML: ["html"] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, `comparison.${format}`) } : {}),
  });
  if (!uri) return;
  const text =
    format === "csv"
      ? comparisonCsv(exported.comparison)
      : comparisonHtml({ ...exported, madeAt: new Date(), l10n: vscode.l10n, language: vscode.env.language });
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  vscode.window.setStatusBarMessage(vscode.l10n.t("The comparison is in {0}", uri.fsPath), 8000);
}
