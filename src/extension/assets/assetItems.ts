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
  if (!options.expandable) item.label = `version ${asset.version}`;
  item.description = [
    options.expandable ? `version ${asset.version}` : "",
    asset.type ?? "",
    asset.labels.map((label) => `@${label}`).join(" "),
  ]
    .filter(Boolean)
    .join("  ");
  item.iconPath = new vscode.ThemeIcon(icons[asset.kind]);
  item.contextValue = "asset";
  item.command = { command: "slipway.asset.open", title: "Show Asset", arguments: [{ kind: "asset", asset }] };
  item.accessibilityInformation = { label: `${asset.kind} ${asset.name}, version ${asset.version}` };
  return item;
}

/** Made only when the mouse rests on a row. */
export function assetTooltip(asset: Asset): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  const line = (label: string, value: string | null) => {
    if (value) text.appendText(`${label}: ${value}`).appendMarkdown("  \n");
  };
  line("Reference", `azureml:${asset.name}:${asset.version}`);
  line("Description", asset.description);
  line("Path", asset.path);
  line("Made by job", asset.produced_by);
  line("Used by jobs", asset.used_by.join(", ") || null);
  return text;
}
