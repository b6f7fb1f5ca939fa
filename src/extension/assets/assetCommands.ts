import * as vscode from "vscode";
import { stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import type { Asset } from "#contract/entities/asset.ts";
import { assetKinds, type AssetKind } from "#contract/entities/assetKind.ts";
import type { Session } from "../session.ts";
import type { CommandHandlers } from "../vscode/commands.ts";
import type { LanguageServer } from "../runnables/languageServer.ts";

type AssetCommand = Extract<keyof CommandHandlers, `slipway.asset.${string}`>;

/** Registers, shows and archives assets. */
export function assetCommands(options: {
  session: Session;
  server: LanguageServer;
}): Pick<CommandHandlers, AssetCommand> {
  const { session, server } = options;
  return {
    "slipway.asset.create": (argument) => create(argument, session, server),
    "slipway.asset.open": async (argument) => {
      const asset = await pickAsset(argument, session);
      await vscode.window.showTextDocument(
        await vscode.workspace.openTextDocument({ content: describe(asset), language: "yaml" }),
      );
    },
    "slipway.asset.copyReference": async (argument) => {
      const { name, version } = await pickAsset(argument, session);
      await vscode.env.clipboard.writeText(`azureml:${name}:${version}`);
    },
    "slipway.asset.archive": async (argument) => {
      const asset = await pickAsset(argument, session);
      const archive = vscode.l10n.t("Archive");
      const answer = await vscode.window.showWarningMessage(
        vscode.l10n.t("Archive {0} {1}:{2}?", asset.kind, asset.name, asset.version),
        { modal: true, detail: vscode.l10n.t("It disappears from the lists; nothing is deleted.") },
        archive,
      );
      if (answer !== archive) return;
      const client = await session.client();
      await client.updateAsset({
        params: { workspace: session.workspace, kind: asset.kind, name: asset.name },
        query: { version: asset.version },
        body: { archived: true },
      });
    },
  };
}

async function pickAsset(argument: unknown, session: Session): Promise<Asset> {
  const given = (argument as { asset?: Asset } | undefined)?.asset;
  if (given) return given;
  const client = await session.client();
  const lists = await Promise.all(
    assetKinds.map((kind) => client.listAssets({ params: { workspace: session.workspace, kind }, query: {} })),
  );
  const picked = await vscode.window.showQuickPick(
    lists.flat().map((asset) => ({ label: asset.name, description: `${asset.kind} ${asset.version}`, asset })),
    { title: vscode.l10n.t("Which asset?") },
  );
  if (!picked) throw new vscode.CancellationError();
  return picked.asset;
}

/** YAML with comments: the document as it is kept, then where it came from and who used it. */
function describe(asset: Asset): string {
  const lines = [
    `# azureml:${asset.name}:${asset.version}`,
    `# ${vscode.l10n.t("created {0} by {1}", asset.creation_context.created_at, asset.creation_context.created_by)}`,
    ...(asset.produced_by ? [`# ${vscode.l10n.t("made by job {0}", asset.produced_by)}`] : []),
    ...asset.used_by.map((job) => `# ${vscode.l10n.t("used by job {0}", job)}`),
    ...(asset.digest ? [`# ${vscode.l10n.t("content sha-256 {0}", asset.digest)}`] : []),
  ];
  // JSON is YAML; each top-level key on its own line keeps it readable.
  const body = Object.entries(asset.document).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return [...lines, ...body, ""].join("\n");
}

async function create(argument: unknown, session: Session, server: LanguageServer): Promise<void> {
  const [picked] =
    argument instanceof vscode.Uri
      ? [argument]
      : ((await vscode.window.showOpenDialog({
          title: vscode.l10n.t("Register Asset from"),
          canSelectFiles: true,
          canSelectFolders: true,
          openLabel: vscode.l10n.t("Register"),
        })) ?? []);
  if (!picked) return;
  const client = await session.client();
  const kind = await kindOf(picked, server);
  if (kind) {
    const made = await client.createAsset({
      params: { workspace: session.workspace, kind },
      body: { source: { file: picked.fsPath } },
    });
    return tell(made);
  }
  const isFolder = (await stat(picked.fsPath)).isDirectory();
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t("Register {0} as Data", basename(picked.fsPath)),
    value: basename(picked.fsPath, extname(picked.fsPath)).replace(/[^\w.-]/g, "_"),
    validateInput: (text) =>
      /^[A-Za-z0-9][\w.-]*$/.test(text)
        ? undefined
        : vscode.l10n.t("Letters, digits, '-', '_' and '.', beginning with a letter or digit."),
  });
  if (!name) return;
  const fields = { name, path: picked.fsPath, type: isFolder ? "uri_folder" : "uri_file" };
  tell(await client.createAsset({ params: { workspace: session.workspace, kind: "data" }, body: { fields } }));
}

/** The asset kind of a YAML file, as the language server knows it; undefined for plain data. */
async function kindOf(uri: vscode.Uri, server: LanguageServer): Promise<AssetKind | undefined> {
  if (!/\.ya?ml$/.test(uri.path)) return undefined;
  const [classified] = await server.classify([uri]);
  // Kinds are written as `family:type`; assets are told by their family.
  const family = classified?.kind?.split(":")[0];
  return assetKinds.find((known) => known === family);
}

function tell(asset: Asset): void {
  void vscode.window.showInformationMessage(
    vscode.l10n.t("Registered {0} azureml:{1}:{2}.", asset.kind, asset.name, asset.version),
  );
}
