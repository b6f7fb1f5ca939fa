import type { CodeLens } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { documentKind } from "#spec/index.ts";
import { isRunnable } from "./kinds.ts";

/** ▶ Run | Validate above the first line of an Azure ML file. */
export function lenses(document: TextDocument): CodeLens[] {
  const kind = documentKind(document.getText());
  if (kind === null) return [];
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  const lens = (title: string, command: string): CodeLens => ({
    range,
    command: { title, command, arguments: [document.uri] },
  });
  return [
    ...(isRunnable(kind) ? [lens("$(play) Run", "slipway.job.run")] : []),
    lens("Validate", "slipway.job.validate"),
  ];
}
