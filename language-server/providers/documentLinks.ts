import { pathToFileURL } from "node:url";
import { statSync } from "node:fs";
import type { DocumentLink } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { referencesIn } from "#spec/index.ts";
import { pathOf } from "./files.ts";
import { toProtocol } from "./ranges.ts";

/** Local files that a document names, as links. Folders cannot be opened in an editor and are left alone. */
export function documentLinks(document: TextDocument): DocumentLink[] {
  return referencesIn(document.getText(), pathOf(document.uri)).flatMap(({ range, target }) =>
    target !== undefined && statSync(target, { throwIfNoEntry: false })?.isFile()
      ? [{ range: toProtocol(range), target: pathToFileURL(target).toString() }]
      : [],
  );
}
