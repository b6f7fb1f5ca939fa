import { MarkupKind, type Hover, type Position } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { hoverAt } from "#spec/index.ts";
import { toProtocol } from "./ranges.ts";

export function hover(document: TextDocument, position: Position): Hover | null {
  const found = hoverAt(document.getText(), position.line + 1, position.character + 1);
  return found ? { contents: { kind: MarkupKind.Markdown, value: found.text }, range: toProtocol(found.range) } : null;
}
