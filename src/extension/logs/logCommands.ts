import * as vscode from "vscode";
import { createWriteStream } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Session } from "../session.ts";
import type { CommandHandlers } from "../vscode/commands.ts";
import { displayText } from "./displayText.ts";
import type { LogDocuments } from "./logDocuments.ts";
import { logScheme, parseLogUri } from "./logUri.ts";

type LogCommand = Extract<keyof CommandHandlers, `slipway.log.${string}`>;

/** Search in the whole log, its raw file, and the lines above the window. */
export function logCommands(options: { session: Session; documents: LogDocuments }): Pick<CommandHandlers, LogCommand> {
  const { session, documents } = options;
  return {
    "slipway.log.search": (argument) => search(logOf(argument), session),
    "slipway.log.openRaw": async (argument) => {
      const { job, path } = await logFile(logOf(argument), session);
      const client = await session.client();
      const { body } = await client.readLog({ params: { workspace: session.workspace, name: job }, query: { path } });
      const file = join(await mkdtemp(join(tmpdir(), "slipway-log-")), basename(path));
      await pipeline(body, createWriteStream(file));
      await vscode.commands.executeCommand("vscode.open", vscode.Uri.file(file));
    },
    "slipway.log.showEarlier": (argument) => documents.showEarlier(logOf(argument)),
    "slipway.log.showNewest": (argument) => documents.showNewest(logOf(argument)),
  };
}

function logOf(argument: unknown): vscode.Uri {
  const uri =
    argument instanceof vscode.Uri
      ? argument
      : typeof argument === "string"
        ? vscode.Uri.parse(argument)
        : vscode.window.activeTextEditor?.document.uri;
  if (uri?.scheme !== logScheme) throw new Error(vscode.l10n.t("Open the log of a job first."));
  return uri;
}

/** The log file that a document stands for; for the whole of a job's logs, the program's own. */
async function logFile(uri: vscode.Uri, session: Session): Promise<{ job: string; path: string }> {
  const { job, path } = parseLogUri(uri);
  if (path !== undefined) return { job, path };
  const client = await session.client();
  const { log_files: files } = await client.showJob({ params: { workspace: session.workspace, name: job } });
  const last = files.at(-1);
  if (!last) throw new Error(vscode.l10n.t("This job has written no log yet."));
  return { job, path: last.path };
}

interface Match extends vscode.QuickPickItem {
  line: number;
}

async function search(uri: vscode.Uri, session: Session): Promise<void> {
  const { job, path } = await logFile(uri, session);
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t("Search the Whole of {0}", basename(path)),
    prompt: vscode.l10n.t("A text, or /a regular expression/"),
  });
  if (!text) return;
  const expression = /^\/(.+)\/$/.exec(text)?.[1];
  const client = await session.client();
  const { matches, truncated } = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t("Searching the log") },
    () =>
      client.searchLog({
        params: { workspace: session.workspace, name: job },
        query: { path, text: expression ?? text, regex: expression !== undefined },
      }),
  );
  const picked = await vscode.window.showQuickPick(
    matches.map((match): Match => ({
      label: displayText(match.text).slice(0, 500),
      description: vscode.l10n.t("line {0}", match.line + 1),
      line: match.line,
    })),
    {
      title: truncated
        ? vscode.l10n.t("{0} and more lines hold “{1}”", matches.length, text)
        : vscode.l10n.t("{0} lines hold “{1}”", matches.length, text),
      placeHolder: matches.length > 0 ? vscode.l10n.t("Choose a line to go to") : vscode.l10n.t("No line holds it."),
    },
  );
  if (!picked) return;
  await goTo(uri, picked);
}

/** Shows a line of the log; one that is above the window is shown in the raw file. */
async function goTo(uri: vscode.Uri, match: Match): Promise<void> {
  const editor = await vscode.window.showTextDocument(uri);
  const at = editor.document.getText().indexOf(match.label);
  if (match.label === "" || at < 0) {
    await vscode.commands.executeCommand("slipway.log.openRaw", uri);
    const raw = vscode.window.activeTextEditor;
    const line = new vscode.Range(match.line, 0, match.line, 0);
    raw?.revealRange(line, vscode.TextEditorRevealType.InCenter);
    if (raw) raw.selection = new vscode.Selection(line.start, line.end);
    return;
  }
  const start = editor.document.positionAt(at);
  editor.selection = new vscode.Selection(start, editor.document.positionAt(at + match.label.length));
  editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenter);
}
