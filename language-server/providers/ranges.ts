import type { Range } from "vscode-languageserver/node";
import type { SourceRange } from "#spec/index.ts";

/** Ranges of the language count lines and columns from 1, those of the protocol from 0. */
export function toProtocol(range: SourceRange): Range {
  return {
    start: { line: range.line - 1, character: range.column - 1 },
    end: { line: range.endLine - 1, character: range.endColumn - 1 },
  };
}
