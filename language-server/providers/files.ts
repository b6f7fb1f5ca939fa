import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { TextDocuments } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { FileProvider } from "#spec/index.ts";

/** Files as the editor sees them: what is open counts with its unsaved text. */
export class OpenFiles implements FileProvider {
  readonly #documents: TextDocuments<TextDocument>;

  constructor(documents: TextDocuments<TextDocument>) {
    this.#documents = documents;
  }

  exists(path: string): "file" | "folder" | undefined {
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined ? undefined : found.isDirectory() ? "folder" : "file";
  }

  read(path: string): string | undefined {
    const open = this.#documents.get(pathToFileURL(path).toString());
    if (open) return open.getText();
    try {
      return readFileSync(path, "utf8");
    } catch {
      return undefined;
    }
  }

  list(path: string): readonly string[] {
    try {
      return readdirSync(path);
    } catch {
      return [];
    }
  }
}

/** The path of a file's URI; of another scheme's, its path as it is (nothing will be found there). */
export function pathOf(uri: string): string {
  return uri.startsWith("file:") ? fileURLToPath(uri) : new URL(uri).pathname;
}
