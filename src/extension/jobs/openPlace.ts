import * as vscode from "vscode";
import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { artifactUri } from "../files/runUri.ts";
import type { Session } from "../session.ts";

/** Opens a place that a log or failure names: the user's own file when it is there, else the file as it was submitted. */
export async function openPlace(argument: unknown, session: Session): Promise<void> {
  const { job, file, line } = argument as { job: string; file: string; line: number };
  const client = await session.client();
  const params = { workspace: session.workspace, name: job };
  const [{ code }, submitted] = await Promise.all([client.showJob({ params }), client.listSnapshot({ params })]);
  // A path of the target ends in the path below the code folder; the longest match is the file that is meant.
  const known = submitted
    .map(({ path }) => path)
    .filter((path) => file === path || file.endsWith(`/${path}`) || path.endsWith(`/${file}`))
    .sort((a, b) => b.length - a.length)[0];
  const own = known && code && isAbsolute(code) ? join(code, known) : file;
  const uri =
    isAbsolute(own) && existsSync(own)
      ? vscode.Uri.file(own)
      : known
        ? artifactUri({ job, root: "code", path: known })
        : undefined;
  if (!uri) throw new Error(`${file} is neither on this machine nor in the code that was submitted.`);
  const at = new vscode.Position(Math.max(0, line - 1), 0);
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(at, at) });
}
