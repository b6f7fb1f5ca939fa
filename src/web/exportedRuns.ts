import * as vscode from "vscode";

/** A run as `slipway export mlflow` writes it: a folder with `meta.yaml`, `params` and `metrics`. */
export interface ExportedRun {
  name: string;
  status: string;
  folder: vscode.Uri;
}

/** MLflow's numbers for the end of a run, in Azure ML's words. */
const statuses: Readonly<Record<string, string>> = {
  1: "Running",
  2: "NotStarted",
  3: "Completed",
  4: "Failed",
  5: "Canceled",
};
const mostRuns = 500;

/** The exported runs of the open folders, by name. */
export async function findExportedRuns(): Promise<ExportedRun[]> {
  const files = await vscode.workspace.findFiles("**/meta.yaml", undefined, mostRuns);
  const found = await Promise.all(files.map(readRun));
  return found.flat().sort((a, b) => a.name.localeCompare(b.name));
}

async function readRun(meta: vscode.Uri): Promise<ExportedRun[]> {
  const text = await readText(meta);
  const valueOf = (key: string) => new RegExp(`^${key}: *['"]?(.*?)['"]?$`, "m").exec(text)?.[1];
  const id = valueOf("run_id");
  // The folder of an experiment has such a file too.
  if (id === undefined) return [];
  const status = statuses[valueOf("status") ?? ""] ?? "";
  return [{ name: valueOf("run_name") || id, status, folder: vscode.Uri.joinPath(meta, "..") }];
}

/** What a run's parameters are, and the last value of each of its metrics. */
export async function valuesOf(
  run: ExportedRun,
  kind: "params" | "metrics",
): Promise<{ name: string; value: string; file: vscode.Uri }[]> {
  const root = vscode.Uri.joinPath(run.folder, kind);
  const files = await filesBelow(root);
  return Promise.all(
    files.map(async (file) => {
      const text = (await readText(file)).trim();
      // A line of a metric: time, value, step.
      const value = kind === "params" ? text : (text.split("\n").at(-1)?.split(" ")[1] ?? "");
      return { name: file.path.slice(root.path.length + 1), value, file };
    }),
  );
}

async function filesBelow(folder: vscode.Uri): Promise<vscode.Uri[]> {
  const entries = await Promise.resolve(vscode.workspace.fs.readDirectory(folder)).catch(() => []);
  const found = await Promise.all(
    entries.map(async ([name, type]) => {
      const inner = vscode.Uri.joinPath(folder, name);
      return type === vscode.FileType.Directory ? await filesBelow(inner) : [inner];
    }),
  );
  return found.flat();
}

/** The text of a file; empty when it cannot be read. */
export async function readText(file: vscode.Uri): Promise<string> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  } catch {
    return "";
  }
}
