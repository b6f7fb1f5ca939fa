import * as vscode from "vscode";
import { commandLink } from "../vscode/commands.ts";
import { logScheme, parseLogUri } from "./logUri.ts";
import { earlierWords, newestWords, rawWords, searchWords, sectionMark } from "./logView.ts";

const selector: vscode.DocumentSelector = { scheme: logScheme };

/** `File "train.py", line 12` of Python, and `train.py:12` of nearly everything else. */
const places = [
  /File "(?<file>[^"]+)", line (?<line>\d+)/g,
  /(?<![\w:/.-])(?<file>(?:[\w.-]+\/|\/)*[\w.-]+\.(?:py|ya?ml|sh|R|ipynb|json)):(?<line>\d+)/g,
];

/** Links in the text, folds by section, and sections in the outline. */
export function registerLogFeatures(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerDocumentLinkProvider(selector, { provideDocumentLinks: links }),
    vscode.languages.registerFoldingRangeProvider(selector, { provideFoldingRanges: folds }),
    vscode.languages.registerDocumentSymbolProvider(selector, { provideDocumentSymbols: symbols }),
  );
}

function links(document: vscode.TextDocument): vscode.DocumentLink[] {
  const { job } = parseLogUri(document.uri);
  const text = document.getText();
  const range = (start: number, length: number) =>
    new vscode.Range(document.positionAt(start), document.positionAt(start + length));
  const found: vscode.DocumentLink[] = [];
  for (const pattern of places) {
    for (const match of text.matchAll(pattern)) {
      const { file = "", line = "1" } = match.groups ?? {};
      found.push(
        link(
          range(match.index, match[0].length),
          commandLink("slipway.job.openSnapshotFile", { job, file, line: Number(line) }),
          vscode.l10n.t("Open {0} at line {1}", file, line),
        ),
      );
    }
  }
  const uri = document.uri.toString();
  const actions = [
    [earlierWords, commandLink("slipway.log.showEarlier", uri)],
    [newestWords, commandLink("slipway.log.showNewest", uri)],
    [searchWords, commandLink("slipway.log.search", uri)],
    [rawWords, commandLink("slipway.log.openRaw", uri)],
  ] as const;
  for (const match of text.matchAll(/^… .*$/gm)) {
    for (const [words, target] of actions) {
      const at = match[0].indexOf(words);
      if (at >= 0) found.push(link(range(match.index + at, words.length), target, words));
    }
  }
  return found;
}

function link(range: vscode.Range, target: string, tooltip: string): vscode.DocumentLink {
  const documentLink = new vscode.DocumentLink(range, vscode.Uri.parse(target));
  documentLink.tooltip = tooltip;
  return documentLink;
}

/** The lines at which sections begin. */
function sections(document: vscode.TextDocument): number[] {
  return [...document.getText().matchAll(new RegExp(`^${sectionMark}`, "gm"))].map(
    (match) => document.positionAt(match.index).line,
  );
}

function folds(document: vscode.TextDocument): vscode.FoldingRange[] {
  const starts = sections(document);
  return starts
    .map((start, index) => new vscode.FoldingRange(start, (starts[index + 1] ?? document.lineCount) - 1))
    .filter((fold) => fold.end > fold.start);
}

function symbols(document: vscode.TextDocument): vscode.DocumentSymbol[] {
  const starts = sections(document);
  return starts.map((start, index) => {
    const end = (starts[index + 1] ?? document.lineCount) - 1;
    const title = document.lineAt(start).range;
    const name = document.lineAt(start).text.slice(sectionMark.length);
    return new vscode.DocumentSymbol(
      name,
      "",
      vscode.SymbolKind.Namespace,
      title.with({ end: document.lineAt(end).range.end }),
      title,
    );
  });
}
