import type * as vscode from "vscode";
import type { SlipwayClient } from "#client/index.ts";
import type { Asset } from "#contract/entities/asset.ts";
import type { EngineEvent } from "#contract/events.ts";
import { assetItem, assetTooltip } from "../assets/assetItems.ts";
import { setContext } from "../vscode/context.ts";
import { EngineTree } from "../vscode/engineTree.ts";

type ModelNode = { kind: "model"; asset: Asset } | { kind: "version"; asset: Asset };

/** The Models view: each model with its newest version, its other versions below. */
export class ModelsTree extends EngineTree<ModelNode> {
  protected concerns(event: EngineEvent): boolean {
    return event.type === "assets" && event.kind === "model";
  }

  protected async children(client: SlipwayClient, node: ModelNode | undefined): Promise<ModelNode[]> {
    const params = { workspace: this.session.workspace, kind: "model" as const };
    if (node) {
      const versions = await client.listAssets({ params, query: { name: node.asset.name } });
      return versions.map((asset) => ({ kind: "version", asset }));
    }
    const models = await client.listAssets({ params, query: {} });
    setContext("slipway.models", models.length > 0 ? "some" : "empty");
    return models.map((asset) => ({ kind: "model", asset }));
  }

  protected item(node: ModelNode): vscode.TreeItem {
    const item = assetItem(node.asset, { expandable: node.kind === "model" });
    item.tooltip = assetTooltip(node.asset);
    return item;
  }
}
