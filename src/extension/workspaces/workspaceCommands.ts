import * as vscode from "vscode";
import type { Session } from "../session.ts";
import type { CommandHandlers } from "../vscode/commands.ts";
import type { WorkspaceNode } from "./workspacesTree.ts";

type WorkspaceCommand = Extract<keyof CommandHandlers, `slipway.workspace.${string}` | `slipway.mirror.${string}`>;

/** Chooses and makes workspaces, hands out their MLflow address, and keeps their mirror maps. */
export function workspaceCommands(options: {
  session: Session;
  refresh: () => void;
}): Pick<CommandHandlers, WorkspaceCommand> {
  const { session } = options;
  return {
    "slipway.workspace.select": async (argument) => session.selectWorkspace(await pick(argument, session)),
    "slipway.workspace.create": async () => {
      const name = await vscode.window.showInputBox({
        title: vscode.l10n.t("Create Workspace"),
        prompt: vscode.l10n.t("Letters, digits, '-', '_' and '.'"),
        validateInput: (text) =>
          /^[A-Za-z0-9][\w.-]*$/.test(text)
            ? undefined
            : vscode.l10n.t("Begin with a letter or digit; letters, digits, '-', '_' and '.' may follow."),
      });
      if (!name) return;
      const client = await session.client();
      await client.createWorkspace({ body: { name } });
      await session.selectWorkspace(name);
    },
    "slipway.workspace.setDefault": async (argument) => {
      const workspace = await pick(argument, session);
      const client = await session.client();
      await client.updateWorkspace({ params: { workspace }, body: { is_default: true } });
      options.refresh();
    },
    "slipway.workspace.copyTracking": async (argument) => {
      const workspace = await pick(argument, session);
      const client = await session.client();
      const { uri, token } = await client.trackingAccess({ params: { workspace }, query: {} });
      await vscode.env.clipboard.writeText(
        `export MLFLOW_TRACKING_URI='${uri}'\nexport MLFLOW_TRACKING_TOKEN='${token}'\n`,
      );
      void vscode.window.showInformationMessage(
        vscode.l10n.t(
          "The MLflow environment of workspace {0} is on the clipboard. The token gives access to it: treat it as a password.",
          workspace,
        ),
      );
    },
    "slipway.mirror.add": async () => {
      const prefix = await vscode.window.showInputBox({
        title: vscode.l10n.t("Add Mirror (1/2)"),
        prompt: vscode.l10n.t("URL prefix that the folder stands for"),
        placeHolder: "https://azuremlexamples.blob.core.windows.net/datasets/",
        validateInput: (text) =>
          /^[a-z]+:\/\//.test(text) ? undefined : vscode.l10n.t("A URL is needed, such as https://… or wasbs://…"),
      });
      if (!prefix) return;
      const [folder] =
        (await vscode.window.showOpenDialog({
          title: vscode.l10n.t("Add Mirror (2/2): the Folder"),
          canSelectFolders: true,
          canSelectFiles: false,
        })) ?? [];
      if (!folder) return;
      const client = await session.client();
      await client.addMirror({ params: { workspace: session.workspace }, body: { prefix, path: folder.fsPath } });
      options.refresh();
    },
    "slipway.mirror.remove": async (argument) => {
      const client = await session.client();
      const params = { workspace: session.workspace };
      const node = argument as WorkspaceNode | undefined;
      const prefix =
        node?.kind === "mirror"
          ? node.mirror.prefix
          : (
              await vscode.window.showQuickPick(
                (await client.listMirrors({ params })).map((mirror) => ({
                  label: mirror.prefix,
                  description: mirror.path,
                })),
                { title: vscode.l10n.t("Remove Mirror") },
              )
            )?.label;
      if (!prefix) return;
      await client.removeMirror({ params, query: { prefix } });
      options.refresh();
    },
  };
}

async function pick(argument: unknown, session: Session): Promise<string> {
  const node = argument as WorkspaceNode | undefined;
  if (node?.kind === "workspace") return node.workspace.name;
  const client = await session.client();
  const workspaces = await client.listWorkspaces({ query: {} });
  const picked = await vscode.window.showQuickPick(
    workspaces.map((workspace) => ({
      label: workspace.name,
      description: workspace.name === session.workspace ? vscode.l10n.t("selected") : "",
    })),
    { title: vscode.l10n.t("Which workspace?") },
  );
  if (!picked) throw new vscode.CancellationError();
  return picked.label;
}
