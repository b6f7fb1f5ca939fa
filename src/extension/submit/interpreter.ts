import * as vscode from "vscode";
import { setting } from "../vscode/settings.ts";

/** The part of the Python extension's API that is asked for, if that extension is there. */
interface PythonApi {
  environments?: { getActiveEnvironmentPath(resource?: vscode.Uri): { path: string } };
}

/** The interpreter for plain scripts: our setting, else what the Python extension has chosen for the file; else the engine looks. */
export async function chosenInterpreter(uri: vscode.Uri): Promise<string | undefined> {
  const path = setting("slipway.python.path", uri);
  if (path) return path;
  const extension = vscode.extensions.getExtension<PythonApi>("ms-python.python");
  if (!extension) return undefined;
  const api = extension.isActive ? extension.exports : await extension.activate();
  return api.environments?.getActiveEnvironmentPath(uri).path;
}
