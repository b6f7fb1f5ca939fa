import * as vscode from "vscode";
import { documentKind } from "#spec/index.ts";
import { findExportedRuns, readText, valuesOf, type ExportedRun } from "./exportedRuns.ts";

type WebNode =
  | { kind: "why" }
  | { kind: "files" | "runs" }
  | { kind: "file"; uri: vscode.Uri; what: string }
  | { kind: "run"; run: ExportedRun }
  | { kind: "value"; name: string; value: string; file: vscode.Uri; icon: string };

const skipped = "**/{node_modules,.git,.venv,venv,__pycache__,site-packages,.tox,dist,build}/**";
const mostFiles = 200;
/** Larger files are no job files. */
const largest = 1_000_000;

/** The Jobs view without an engine: job files of the folder and runs that were exported into it, and why there is no more. */
export class WebTree implements vscode.TreeDataProvider<WebNode>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;

  refresh(): void {
    this.#changed.fire(undefined);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async getChildren(node?: WebNode): Promise<WebNode[]> {
    switch (node?.kind) {
      case undefined:
        return [{ kind: "why" }, { kind: "files" }, { kind: "runs" }];
      case "files":
        return jobFiles();
      case "runs":
        return (await findExportedRuns()).map((run) => ({ kind: "run", run }));
      case "run": {
        const [params, metrics] = await Promise.all([valuesOf(node.run, "params"), valuesOf(node.run, "metrics")]);
        return [
          ...params.map((value): WebNode => ({ kind: "value", ...value, icon: "symbol-parameter" })),
          ...metrics.map((value): WebNode => ({ kind: "value", ...value, icon: "graph-line" })),
        ];
      }
      default:
        return [];
    }
  }

  getTreeItem(node: WebNode): vscode.TreeItem {
    const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    switch (node.kind) {
      case "why": {
        const item = row(vscode.l10n.t("Nothing runs in a browser alone"), "info");
        item.description = vscode.l10n.t("what to do");
        item.tooltip = vscode.l10n.t("Jobs, logs and metrics are on the machine that runs them.");
        item.command = { command: "slipway.job.run", title: vscode.l10n.t("Run") };
        return item;
      }
      case "files":
        return row(vscode.l10n.t("Job files of this folder"), "folder-opened", Expanded);
      case "runs":
        return row(vscode.l10n.t("Exported runs of this folder"), "archive", Collapsed);
      case "file": {
        const item = new vscode.TreeItem(node.uri);
        item.description = node.what;
        item.command = open(node.uri);
        return item;
      }
      case "run": {
        const item = row(node.run.name, "beaker", Collapsed);
        item.description = node.run.status;
        return item;
      }
      case "value": {
        const item = row(node.name, node.icon);
        item.description = node.value;
        item.command = open(node.file);
        return item;
      }
    }
  }
}

async function jobFiles(): Promise<WebNode[]> {
  const uris = await vscode.workspace.findFiles("**/*.{yml,yaml}", skipped, mostFiles);
  const found = await Promise.all(
    uris.map(async (uri): Promise<WebNode[]> => {
      const text = await readText(uri);
      const kind = text.length <= largest ? documentKind(text) : null;
      return kind?.startsWith("job:") ? [{ kind: "file", uri, what: kind.slice("job:".length) }] : [];
    }),
  );
  return found.flat();
}

function row(label: string, icon: string, state = vscode.TreeItemCollapsibleState.None): vscode.TreeItem {
  const item = new vscode.TreeItem(label, state);
  item.iconPath = new vscode.ThemeIcon(icon);
  return item;
}

function open(uri: vscode.Uri): vscode.Command {
  return { command: "vscode.open", title: vscode.l10n.t("Open"), arguments: [uri] };
}
