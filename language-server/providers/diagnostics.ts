import { DiagnosticSeverity, type Diagnostic } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { validate, type FileProvider, type Severity } from "#spec/index.ts";
import { pathOf } from "./files.ts";
import { toProtocol } from "./ranges.ts";

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
};

/** Problems of an Azure ML file. A YAML file of somebody else's gets none, not even a remark. */
export function diagnostics(document: TextDocument, files: FileProvider): Diagnostic[] {
  const { kind, problems } = validate(document.getText(), { path: pathOf(document.uri), files });
  if (kind === null) return [];
  return problems.map((problem) => ({
    range: toProtocol(problem.range),
    severity: severities[problem.severity],
    code: problem.code,
    source: "slipway",
    message: problem.message,
    data: problem.fix,
  }));
}
