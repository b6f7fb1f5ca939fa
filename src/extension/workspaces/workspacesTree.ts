import * as vscode from "vscode";
import type { SlipwayClient } from "#client/index.ts";
import type { Asset, Datastore, Mirror, Workspace } from "#contract/entities/asset.ts";
import type { AssetKind } from "#contract/entities/assetKind.ts";
import type { EngineEvent } from "#contract/events.ts";
import { assetItem, assetTooltip } from "../assets/assetItems.ts";
import { EngineTree } from "../vscode/engineTree.ts";

type Section = "data" | "environment" | "component" | "datastores" | "mirrors";

export type WorkspaceNode =
  | { kind: "workspace"; workspace: Workspace }
  | { kind: "section"; workspace: string; section: Section }
  | { kind: "asset"; asset: Asset; workspace: string }
  | { kind: "version"; asset: Asset; workspace: string }
  | { kind: "datastore"; datastore: Datastore; workspace: string }
  | { kind: "mirror"; mirror: Mirror; workspace: string }
  | { kind: "none"; workspace: string; section: Section };

const sections: Readonly<Record<Section, { label: string; icon: string; none: string }>> = {
  data: { label: vscode.l10n.t("Data"), icon: "database", none: vscode.l10n.t("No data assets yet") },
  environment: { label: vscode.l10n.t("Environments"), icon: "layers", none: vscode.l10n.t("Only the curated ones") },
  component: { label: vscode.l10n.t("Components"), icon: "symbol-method", none: vscode.l10n.t("No components yet") },
  datastores: { label: vscode.l10n.t("Datastores"), icon: "folder-library", none: vscode.l10n.t("No datastores") },
  mirrors: { label: vscode.l10n.t("Mirrors"), icon: "mirror", none: vscode.l10n.t("No URL is mapped to a folder") },
};

/** The Workspaces view: each workspace with its data, environments, components, datastores and mirrors. */
export class WorkspacesTree extends EngineTree<WorkspaceNode> {
  protected concerns(event: EngineEvent): boolean {
    return event.type === "workspaces" || event.type === "assets";
  }

  protected async children(client: SlipwayClient, node: WorkspaceNode | undefined): Promise<WorkspaceNode[]> {
    switch (node?.kind) {
      case undefined:
        return (await client.listWorkspaces({ query: {} })).map((workspace) => ({ kind: "workspace", workspace }));
      case "workspace":
        return (Object.keys(sections) as Section[]).map((section) => ({
          kind: "section",
          workspace: node.workspace.name,
          section,
        }));
      case "section": {
        const rows = await inSection(client, node.workspace, node.section);
        return rows.length > 0 ? rows : [{ kind: "none", workspace: node.workspace, section: node.section }];
      }
      case "asset": {
        const params = { workspace: node.workspace, kind: node.asset.kind };
        const versions = await client.listAssets({ params, query: { name: node.asset.name } });
        return versions.map((asset) => ({ kind: "version", asset, workspace: node.workspace }));
      }
      default:
        return [];
    }
  }

  protected item(node: WorkspaceNode): vscode.TreeItem {
    switch (node.kind) {
      case "workspace":
        return this.#workspaceItem(node.workspace);
      case "section":
        return sectionItem(node.workspace, node.section);
      case "asset":
      case "version": {
        const item = assetItem(node.asset, { expandable: node.kind === "asset" });
        item.id = `${node.workspace}/${item.id ?? ""}`;
        item.tooltip = assetTooltip(node.asset);
        return item;
      }
      case "datastore":
        return leaf(
          `${node.workspace}/datastore/${node.datastore.name}`,
          node.datastore.name,
          [
            node.datastore.type,
            node.datastore.path ?? vscode.l10n.t("not reachable from here"),
            ...(node.datastore.is_default ? [vscode.l10n.t("default")] : []),
          ].join("  "),
          "folder-library",
        );
      case "mirror": {
        const item = leaf(
          `${node.workspace}/mirror/${node.mirror.prefix}`,
          node.mirror.prefix,
          node.mirror.path,
          "mirror",
        );
        item.contextValue = "mirror";
        return item;
      }
      case "none":
        return leaf(`${node.workspace}/${node.section}/none`, sections[node.section].none, "", "dash");
    }
  }

  #workspaceItem(workspace: Workspace): vscode.TreeItem {
    const chosen = workspace.name === this.session.workspace;
    const item = new vscode.TreeItem(
      workspace.display_name,
      chosen ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed,
    );
    const words = [chosen ? vscode.l10n.t("selected") : "", workspace.is_default ? vscode.l10n.t("default") : ""]
      .filter(Boolean)
      .join(", ");
    item.id = `workspace/${workspace.name}`;
    item.description = words;
    item.contextValue = "workspace";
    item.iconPath = new vscode.ThemeIcon(chosen ? "folder-active" : "project");
    item.tooltip = workspace.description ?? workspace.name;
    item.accessibilityInformation = {
      label: [vscode.l10n.t("Workspace {0}", workspace.name), ...(words ? [words] : [])].join(", "),
    };
    return item;
  }
}

function sectionItem(workspace: string, section: Section): vscode.TreeItem {
  const { label, icon } = sections[section];
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `${workspace}/${section}`;
  item.iconPath = new vscode.ThemeIcon(icon);
  item.contextValue = section === "mirrors" ? "mirrors" : section === "datastores" ? "datastores" : "assets";
  return item;
}

function leaf(id: string, label: string, description: string, icon: string): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.id = id;
  item.description = description;
  item.iconPath = new vscode.ThemeIcon(icon);
  item.tooltip = [label, description].filter(Boolean).join("\n");
  return item;
}

async function inSection(client: SlipwayClient, workspace: string, section: Section): Promise<WorkspaceNode[]> {
  if (section === "datastores")
    return (await client.listDatastores({ params: { workspace } })).map((datastore) => ({
      kind: "datastore",
      datastore,
      workspace,
    }));
  if (section === "mirrors")
    return (await client.listMirrors({ params: { workspace } })).map((mirror) => ({
      kind: "mirror",
      mirror,
      workspace,
    }));
  const kind: AssetKind = section;
  return (await client.listAssets({ params: { workspace, kind }, query: {} })).map((asset) => ({
    kind: "asset",
    asset,
    workspace,
  }));
}
