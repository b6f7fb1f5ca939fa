import * as vscode from "vscode";

/** A file of a job: `slipway-run:/<job>/<artifacts|code>/<path>`. */
export interface RunFile {
  job: string;
  root: "artifacts" | "code";
  path: string;
}

export const runScheme = "slipway-run";

export function artifactUri({ job, root, path }: RunFile): vscode.Uri {
  return vscode.Uri.from({ scheme: runScheme, path: `/${job}/${root}${path === "" ? "" : `/${path}`}` });
}

/** The file that a URI names; undefined for the folders above a job's roots. */
export function parseRunUri(uri: vscode.Uri): RunFile | undefined {
  const [job, root, ...path] = uri.path.split("/").filter(Boolean);
  if (!job || (root !== "artifacts" && root !== "code")) return undefined;
  return { job, root, path: path.join("/") };
}
