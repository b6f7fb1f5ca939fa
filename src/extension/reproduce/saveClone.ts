import * as vscode from "vscode";
import { buffer } from "node:stream/consumers";
import type { SlipwayClient } from "#client/client.ts";
import type { CloneSource } from "#contract/routes/reproduce.ts";

/** Files of a snapshot that are read at a time. */
const readAtOnce = 8;

/**
 * Writes a clone as a job file that runs, and opens it. The files of a snapshot are written into a folder beside it, which
 * the file then names as its code; code of a folder is named where it is.
 */
export async function saveClone(options: {
  client: SlipwayClient;
  workspace: string;
  source: CloneSource;
  code: "snapshot" | "folder";
  overrides: string[];
}): Promise<void> {
  const { client, workspace, source, code, overrides } = options;
  const home = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(source.folder ?? "/");
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t("Save as Job YAML"),
    defaultUri: vscode.Uri.joinPath(home, `${source.name}.yml`),
    filters: { YAML: ["yml", "yaml"] },
  });
  if (!target) throw new vscode.CancellationError();
  const params = { workspace, name: source.name };
  const set = [...overrides];
  if (code === "snapshot" && source.snapshot) {
    const folder = `${source.name}-code`;
    const root = vscode.Uri.joinPath(target, "..", folder);
    if (await isThere(root)) {
      throw new Error(vscode.l10n.t("There is a folder {0} already. Save the file in another place.", root.fsPath));
    }
    await writeSnapshot(client, params, root);
    set.push(`code=./${folder}`);
  }
  const { yaml } = await client.cloneSource({ params, query: { code, set } });
  await vscode.workspace.fs.writeFile(target, Buffer.from(yaml));
  await vscode.window.showTextDocument(target);
}

async function writeSnapshot(
  client: SlipwayClient,
  params: { workspace: string; name: string },
  root: vscode.Uri,
): Promise<void> {
  const files = (await client.listSnapshot({ params })).filter(({ is_dir }) => !is_dir);
  const next = files.values();
  const write = async (): Promise<void> => {
    for (const { path } of next) {
      const { body } = await client.readSnapshot({ params, query: { path } });
      await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(root, ...path.split("/")), await buffer(body));
    }
  };
  await Promise.all(Array.from({ length: readAtOnce }, write));
}

async function isThere(uri: vscode.Uri): Promise<boolean> {
  return Promise.resolve(vscode.workspace.fs.stat(uri)).then(
    () => true,
    () => false,
  );
}
