import * as vscode from "vscode";
import { hoverAt, noFiles, validate, type Severity, type SourceRange } from "#spec/index.ts";

const selector: vscode.DocumentSelector = [{ language: "yaml" }, { language: "azureml" }];
/** While somebody types, problems follow at this distance (milliseconds). */
const typingPauseMs = 150;

const severities: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

/**
 * Problems and hover texts of Azure ML files. The language itself needs no Node; without a file system that answers at once it
 * does not say whether a path that a file names is there.
 */
export function registerLanguage(): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection("slipway");
  const waiting = new Map<string, ReturnType<typeof setTimeout>>();
  const check = (document: vscode.TextDocument): void => {
    waiting.delete(document.uri.toString());
    if (!document.isClosed) collection.set(document.uri, problemsOf(document));
  };
  const checkSoon = (document: vscode.TextDocument): void => {
    if (vscode.languages.match(selector, document) === 0) return;
    clearTimeout(waiting.get(document.uri.toString()));
    waiting.set(
      document.uri.toString(),
      setTimeout(() => check(document), typingPauseMs),
    );
  };
  for (const document of vscode.workspace.textDocuments) checkSoon(document);
  return vscode.Disposable.from(
    collection,
    vscode.workspace.onDidOpenTextDocument(checkSoon),
    vscode.workspace.onDidChangeTextDocument(({ document }) => checkSoon(document)),
    vscode.workspace.onDidCloseTextDocument((document) => collection.delete(document.uri)),
    vscode.languages.registerHoverProvider(selector, { provideHover: hover }),
    new vscode.Disposable(() => waiting.forEach((timer) => clearTimeout(timer))),
  );
}

function problemsOf(document: vscode.TextDocument): vscode.Diagnostic[] {
  const { kind, problems } = validate(document.getText(), { path: document.uri.path, files: noFiles });
  if (kind === null) return [];
  return problems.map((problem) => {
    const diagnostic = new vscode.Diagnostic(rangeOf(problem.range), problem.message, severities[problem.severity]);
    diagnostic.code = problem.code;
    diagnostic.source = "slipway";
    return diagnostic;
  });
}

function hover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
  const found = hoverAt(document.getText(), position.line + 1, position.character + 1);
  return found ? new vscode.Hover(new vscode.MarkdownString(found.text), rangeOf(found.range)) : undefined;
}

/** Ranges of the language count lines and columns from 1. */
function rangeOf({ line, column, endLine, endColumn }: SourceRange): vscode.Range {
  return new vscode.Range(line - 1, column - 1, endLine - 1, endColumn - 1);
}
