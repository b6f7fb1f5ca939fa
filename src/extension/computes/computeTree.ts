import * as vscode from "vscode";
import type { SlipwayClient } from "#client/index.ts";
import type { Compute } from "#contract/entities/asset.ts";
import type { EngineEvent } from "#contract/events.ts";
import { EngineTree } from "../vscode/engineTree.ts";
import { oneDecimal } from "../vscode/numbers.ts";

type ComputeNode =
  { kind: "target"; compute: Compute } | { kind: "fact"; id: string; label: string; value: string; icon: string };

const gigabytes = (bytes: number) => `${oneDecimal(bytes / 1e9)} GB`;

/** The Compute view: targets with what they are made of, what runs there and what waits. */
export class ComputeTree extends EngineTree<ComputeNode> {
  protected concerns(event: EngineEvent): boolean {
    return event.type === "compute";
  }

  protected async children(client: SlipwayClient, node: ComputeNode | undefined): Promise<ComputeNode[]> {
    if (node) return node.kind === "target" ? facts(node.compute) : [];
    const computes = await client.listComputes({ params: { workspace: this.session.workspace } });
    return computes.map((compute) => ({ kind: "target", compute }));
  }

  protected item(node: ComputeNode): vscode.TreeItem {
    if (node.kind === "target") return targetItem(node.compute);
    const item = new vscode.TreeItem(node.label);
    item.id = node.id;
    item.description = node.value;
    item.iconPath = new vscode.ThemeIcon(node.icon);
    item.accessibilityInformation = { label: `${node.label}: ${node.value}` };
    return item;
  }
}

function targetItem(compute: Compute): vscode.TreeItem {
  const item = new vscode.TreeItem(compute.name, vscode.TreeItemCollapsibleState.Collapsed);
  const load = [
    compute.running.length > 0 ? vscode.l10n.t("{0} running", compute.running.length) : vscode.l10n.t("idle"),
    ...(compute.queued.length > 0 ? [vscode.l10n.t("{0} queued", compute.queued.length)] : []),
  ];
  item.id = `compute/${compute.name}`;
  item.description = [compute.fault ?? load.join(", "), compute.is_default ? vscode.l10n.t("default") : ""]
    .filter(Boolean)
    .join("  ");
  item.iconPath =
    compute.provisioning_state === "Failed"
      ? new vscode.ThemeIcon("warning")
      : new vscode.ThemeIcon(compute.name === "local" ? "device-desktop" : "server");
  item.contextValue = isAttached(compute) ? "target attached" : "target";
  item.tooltip = compute.fault ?? compute.description ?? `${compute.type} ${compute.name}`;
  item.accessibilityInformation = { label: vscode.l10n.t("Target {0}, {1}", compute.name, load.join(", ")) };
  return item;
}

/** A machine that was attached says how it is reached; a name for another target does not. */
function isAttached({ document }: Compute): boolean {
  return (document["slipway"] as { ssh?: unknown } | undefined)?.ssh !== undefined;
}

function facts(compute: Compute): ComputeNode[] {
  const fact = (label: string, value: string, icon: string): ComputeNode => ({
    kind: "fact",
    id: `compute/${compute.name}/${label}`,
    label,
    value,
    icon,
  });
  const { facts: found } = compute;
  if (!found)
    return [
      fact(
        vscode.l10n.t("Not probed"),
        compute.fault ?? vscode.l10n.t("Probe the target to see what it has."),
        "question",
      ),
    ];
  return [
    fact(vscode.l10n.t("Cores"), String(found.cores), "chip"),
    fact(vscode.l10n.t("Memory"), gigabytes(found.memory_bytes), "circuit-board"),
    fact(vscode.l10n.t("Disk free"), gigabytes(found.disk_free_bytes), "save-all"),
    fact("Python", found.python ?? vscode.l10n.t("not found"), "symbol-namespace"),
    ...(found.container_engine ? [fact(vscode.l10n.t("Containers"), found.container_engine, "package")] : []),
    ...(found.scheduler ? [fact(vscode.l10n.t("Scheduler"), found.scheduler, "list-ordered")] : []),
    ...(found.gpus.length === 0
      ? [fact("GPUs", vscode.l10n.t("none"), "circle-slash")]
      : found.gpus.map((gpu) =>
          fact(
            `GPU ${gpu.index}`,
            [
              gpu.name,
              gigabytes(gpu.memory_bytes),
              ...(gpu.held_by ? [vscode.l10n.t("held by {0}", gpu.held_by)] : []),
            ].join(", "),
            "zap",
          ),
        )),
    ...compute.running.map((job) => fact(job, vscode.l10n.t("running"), "sync")),
    ...compute.queued.map((job, index) => fact(job, vscode.l10n.t("{0}. in the queue", index + 1), "watch")),
  ];
}
