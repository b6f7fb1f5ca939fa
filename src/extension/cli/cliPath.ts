import * as vscode from "vscode";
import { chmod, mkdir, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setting } from "../vscode/settings.ts";

/**
 * Puts `slipway` on the PATH of integrated terminals: a small script in the extension's own storage that runs the CLI
 * with VS Code's Node, so that no Node needs to be installed.
 */
export async function offerInTerminals(context: vscode.ExtensionContext): Promise<void> {
  const collection = context.environmentVariableCollection;
  if (!setting("slipway.terminal.addToPath")) return collection.clear();
  const folder = join(context.globalStorageUri.fsPath, "bin");
  await writeScript(folder, context);
  collection.description = vscode.l10n.t("Adds the `slipway` command");
  collection.prepend("PATH", `${folder}${delimiter}`);
}

const addToPath = 'export PATH="$HOME/.local/bin:$PATH"';

/** Puts `slipway` into a folder of the user's PATH, for terminals outside the editor. */
export async function installCommand(context: vscode.ExtensionContext): Promise<void> {
  const folder = join(homedir(), ".local", "bin");
  const script = await writeScript(folder, context);
  const onPath = (process.env["PATH"] ?? "").split(delimiter).includes(folder);
  const hint = onPath
    ? ""
    : ` ${vscode.l10n.t("{0} is not on your PATH yet: add `{1}` to your shell's start file.", folder, addToPath)}`;
  void vscode.window.showInformationMessage(vscode.l10n.t("`slipway` is installed as {0}.", script) + hint);
}

async function writeScript(folder: string, context: vscode.ExtensionContext): Promise<string> {
  const script = join(folder, "slipway");
  const home = setting("slipway.home");
  const lines = [
    "#!/bin/sh",
    "# Written by the Slipway extension at its start; it follows the extension's updates.",
    ...(home ? [`: "\${SLIPWAY_HOME:=${shellText(home)}}"; export SLIPWAY_HOME`] : []),
    `ELECTRON_RUN_AS_NODE=1 exec ${shellWord(process.execPath)} ${shellWord(context.asAbsolutePath("dist/cli/slipway.js"))} "$@"`,
    "",
  ];
  await mkdir(dirname(script), { recursive: true });
  const fresh = `${script}.${process.pid}`;
  await writeFile(fresh, lines.join("\n"));
  await chmod(fresh, 0o755);
  await rename(fresh, script);
  return script;
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Inside `${NAME:=…}` within double quotes. */
function shellText(text: string): string {
  return text.replace(/[\\"$`}]/g, (character) => `\\${character}`);
}
