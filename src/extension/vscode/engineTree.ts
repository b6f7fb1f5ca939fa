import * as vscode from "vscode";
import { messageOf } from "#base/errors.ts";
import type { SlipwayClient } from "#client/index.ts";
import type { EngineEvent } from "#contract/events.ts";
import type { Session } from "../session.ts";

/** A node that says why there is nothing to show, with what mends it. */
export interface FaultNode {
  kind: "fault";
  message: string;
}

/** A tree whose rows come from the engine: read when shown, again when an event concerns it, honest when it fails. */
export abstract class EngineTree<Node extends { kind: string }>
  implements vscode.TreeDataProvider<Node | FaultNode>, vscode.Disposable
{
  protected readonly session: Session;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscriptions: vscode.Disposable[];
  /** Reads of the rows at the root that are under way. */
  #reading = 0;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(session: Session) {
    this.session = session;
    this.#subscriptions = [
      // Reaching the engine changes the session as well: the first read goes on then.
      session.onDidChange(() => (this.#reading > 0 ? undefined : this.refresh())),
      session.onEvent((event) => {
        if (event.type === "resync" || this.concerns(event)) this.refresh();
      }),
    ];
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  getTreeItem(node: Node | FaultNode): vscode.TreeItem {
    return node.kind === "fault" ? faultItem(node as FaultNode) : this.item(node as Node);
  }

  async getChildren(node?: Node | FaultNode): Promise<(Node | FaultNode)[]> {
    if (node?.kind === "fault") return [];
    const atRoot = node === undefined ? 1 : 0;
    this.#reading += atRoot;
    try {
      const client = vscode.workspace.isTrusted ? await this.session.client() : await this.session.ifRunning();
      return client ? await this.children(client, node as Node | undefined) : [];
    } catch (thrown) {
      return [{ kind: "fault", message: messageOf(thrown) }];
    } finally {
      this.#reading -= atRoot;
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions, this.#changed).dispose();
  }

  protected abstract concerns(event: EngineEvent): boolean;
  protected abstract children(client: SlipwayClient, node: Node | undefined): Promise<Node[]>;
  protected abstract item(node: Node): vscode.TreeItem;
}

function faultItem(node: FaultNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("Could not be read"));
  item.description = node.message;
  item.tooltip = vscode.l10n.t("{0}\nClick to try again.", node.message);
  item.iconPath = new vscode.ThemeIcon("warning");
  item.command = { command: "slipway.refresh", title: vscode.l10n.t("Refresh") };
  return item;
}
