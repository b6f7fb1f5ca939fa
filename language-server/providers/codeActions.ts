import { CodeActionKind, type CodeAction, type Diagnostic } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Fix } from "#spec/index.ts";
import { toProtocol } from "./ranges.ts";

/** The fixes that problems bring with them. */
export function codeActions(document: TextDocument, problems: readonly Diagnostic[]): CodeAction[] {
  return problems.flatMap((problem) => {
    const fix = problem.data as Fix | undefined;
    if (problem.source !== "slipway" || !fix) return [];
    const edit = { range: toProtocol(fix.range), newText: fix.newText };
    return [
      {
        title: fix.title,
        kind: CodeActionKind.QuickFix,
        diagnostics: [problem],
        isPreferred: true,
        edit: { changes: { [document.uri]: [edit] } },
      },
    ];
  });
}
