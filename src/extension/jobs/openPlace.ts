import * as vscode from "vscode";
import { artifactUri } from "../files/runUri.ts";
import type { Session } from "../session.ts";
import { ownPlace } from "./ownPlace.ts";

/** Opens a place that a log or failure names: the user's own file when it is there, else the file as it was submitted. */
export async function openPlace(argument: unknown, session: Session): Promise<void> {
  const { job, file, line } = argument as { job: string; file: string; line: number };
  const client = await session.client();
  const params = { workspace: session.workspace, name: job };
  const { own, submitted } = await ownPlace(client, params, file);
  const uri = own ? vscode.Uri.file(own) : submitted ? artifactUri({ job, root: "code", path: submitted }) : undefined;
  if (!uri) throw new Error(vscode.l10n.t("{0} is neither on this machine nor in the code that was submitted.", file));
  const at = new vscode.Position(Math.max(0, line - 1), 0);
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(at, at) });
}
