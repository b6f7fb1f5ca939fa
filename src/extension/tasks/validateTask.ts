import * as vscode from "vscode";
import type { LanguageServer } from "../runnables/languageServer.ts";
import type { SlipwayTask } from "./taskDefinition.ts";
import type { TaskOutput } from "./taskTerminal.ts";

interface ValidateWork {
  task: SlipwayTask;
  file: vscode.Uri;
  server: LanguageServer;
  output: TaskOutput;
}

/** Checks the file and prints a line for each problem, as `slipway validate` does and `$slipway` reads. 1 when it is not valid. */
export async function validateTask({ task, file, server, output }: ValidateWork): Promise<number> {
  const { valid, kind, problems } = await server.check(file, task.overrides);
  for (const { line, column, severity, message, code, inFlag } of problems) {
    output.line(`${file.fsPath}:${inFlag ? "--set" : `${line}:${column}`}: ${severity}: ${message} [${code}]`);
  }
  if (valid) output.say(vscode.l10n.t("{0}: valid ({1})", file.fsPath, kind ?? ""));
  else output.say(vscode.l10n.t("{0}: not valid", file.fsPath));
  return valid ? 0 : 1;
}
