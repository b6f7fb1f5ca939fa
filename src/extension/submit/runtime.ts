import type * as vscode from "vscode";
import { setting } from "../vscode/settings.ts";

/** Where a file's job runs, by the setting. */
export function chosenRuntime(uri: vscode.Uri): { runtime?: "container" | "python" } {
  const runtime = setting("slipway.environment.runtime", uri);
  return runtime === "container" || runtime === "python" ? { runtime } : {};
}
