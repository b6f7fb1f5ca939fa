import {
  TextDocuments,
  TextDocumentSyncKind,
  type Connection,
  type InitializeResult,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { checkRequest, classifyRequest, type CheckParams, type ClassifyParams } from "#contract/languageServer.ts";
import { checkJob } from "./providers/check.ts";
import { Classifier } from "./providers/classify.ts";
import { codeActions } from "./providers/codeActions.ts";
import { diagnostics } from "./providers/diagnostics.ts";
import { documentLinks } from "./providers/documentLinks.ts";
import { OpenFiles } from "./providers/files.ts";
import { hover } from "./providers/hover.ts";
import { lenses } from "./providers/lenses.ts";

/** While somebody types, problems follow at this distance (milliseconds). */
const typingPauseMs = 150;

/** Serves the Azure ML YAML language on a connection. */
export function startServer(connection: Connection): void {
  const documents = new TextDocuments(TextDocument);
  const files = new OpenFiles(documents);
  const classifier = new Classifier(files);
  const pending = new Map<string, NodeJS.Timeout>();

  const check = (document: TextDocument): void => {
    pending.delete(document.uri);
    void connection.sendDiagnostics({
      uri: document.uri,
      version: document.version,
      diagnostics: diagnostics(document, files),
    });
  };
  const checkSoon = (document: TextDocument): void => {
    clearTimeout(pending.get(document.uri));
    pending.set(
      document.uri,
      setTimeout(() => check(document), typingPauseMs),
    );
  };
  const withDocument = <T>(uri: string, use: (document: TextDocument) => T): T | null => {
    const document = documents.get(uri);
    return document ? use(document) : null;
  };

  connection.onInitialize((): InitializeResult => ({
    capabilities: {
      textDocumentSync: TextDocumentSyncKind.Incremental,
      hoverProvider: true,
      codeLensProvider: {},
      codeActionProvider: true,
      documentLinkProvider: {},
    },
    serverInfo: { name: "slipway" },
  }));
  documents.onDidOpen(({ document }) => check(document));
  documents.onDidChangeContent(({ document }) => checkSoon(document));
  documents.onDidClose(({ document }) => {
    clearTimeout(pending.get(document.uri));
    void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
  });
  // A file that was made or removed may mend or break a path in any open document.
  connection.onDidChangeWatchedFiles(() => documents.all().forEach(checkSoon));
  connection.onHover(({ textDocument, position }) =>
    withDocument(textDocument.uri, (document) => hover(document, position)),
  );
  connection.onCodeLens(({ textDocument }) => withDocument(textDocument.uri, (document) => lenses(document)));
  connection.onCodeAction(({ textDocument, context }) =>
    withDocument(textDocument.uri, (document) => codeActions(document, context.diagnostics)),
  );
  connection.onDocumentLinks(({ textDocument }) =>
    withDocument(textDocument.uri, (document) => documentLinks(document)),
  );
  connection.onRequest(classifyRequest, (params: ClassifyParams) => params.uris.map((uri) => classifier.classify(uri)));
  connection.onRequest(checkRequest, (params: CheckParams) => checkJob(params, files));
  documents.listen(connection);
  connection.listen();
}
