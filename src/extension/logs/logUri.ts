import * as vscode from "vscode";

export const logScheme = "slipway-log";

/** A log document: the whole of a job's logs, or (with `path`) one log file. */
export interface LogDocument {
  job: string;
  path: string | undefined;
}

/** The tab shows the last part of the path: the job's own words, or the file's name. */
export function logUri({ job, path, label }: LogDocument & { label: string }): vscode.Uri {
  const name = label.replaceAll("/", "∕");
  return vscode.Uri.from({
    scheme: logScheme,
    path: `/${job}/${name}.log`,
    query: path === undefined ? "" : `path=${encodeURIComponent(path)}`,
  });
}

export function parseLogUri(uri: vscode.Uri): LogDocument {
  const job = uri.path.split("/")[1] ?? "";
  return { job, path: new URLSearchParams(uri.query).get("path") ?? undefined };
}
