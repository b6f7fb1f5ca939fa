import * as vscode from "vscode";
import type { Asset } from "#contract/entities/asset.ts";
import type { AssetKind } from "#contract/entities/assetKind.ts";

const icons: Readonly<Record<AssetKind, string>> = {
  data: "database",
  environment: "layers",
  model: "package",
  component: "symbol-method",
};

/** A row for one asset version, in whichever view it stands. */
export function assetItem(asset: Asset, options: { expandable: boolean }): vscode.TreeItem {
  const { None, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(asset.name, options.expandable ? Collapsed : None);
  item.id = `${asset.kind}/${asset.name}/${options.expandable ? "" : asset.version}`;
  if (!options.expandable) item.label = vscode.l10n.t("version {0}", asset.version);
  item.description = [
    options.expandable ? vscode.l10n.t("version {0}", asset.version) : "",
    asset.type ?? "",
    asset.labels.map((label) => `@${label}`).join(" "),
  ]
    .filter(Boolean)
    .join("  ");
  item.iconPath = new vscode.ThemeIcon(icons[asset.kind]);
  item.contextValue = "asset";
  item.command = {
    command: "slipway.asset.open",
    title: vscode.l10n.t("Show Asset"),
    arguments: [{ kind: "asset", asset }],
  };
  item.accessibilityInformation = {
    label: vscode.l10n.t("{0} {1}, version {2}", asset.kind, asset.name, asset.version),
  };
  return item;
}

/** Made only when the mouse rests on a row. */
export function assetTooltip(asset: Asset): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  const line = (label: string, value: string | null) => {
    if (value) text.appendText(`${label}: ${value}`).appendMarkdown("  \n");
  };
  line(vscode.l10n.t("Reference"), `azureml:${asset.name}:${asset.version}`);
  line(vscode.l10n.t("Description"), asset.description);
  line(vscode.l10n.t("Path"), asset.path);
  line(vscode.l10n.t("Made by job"), asset.produced_by);
  line(vscode.l10n.t("Used by jobs"), asset.used_by.join(", ") || null);
  return text;
}
