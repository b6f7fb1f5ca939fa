import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { shownSources } from "../../tools/generate/sourceTexts.ts";
import { root } from "../../tools/process/run.ts";

/** Calls whose texts a person reads. */
const saying = /(?:show(?:Information|Warning|Error)Message|setStatusBarMessage|new vscode\.TreeItem|new Error)$/;
/** Properties that hold what a person reads. */
const shown = new Set([
  "title",
  "placeHolder",
  "placeholder",
  "prompt",
  "detail",
  "openLabel",
  "tooltip",
  "aria-label",
]);

/** Texts that reach a person without `l10n.t`, by their place. `sources` (path → text) stands in for the tree in a test. */
export function unsaidTexts(sources?: Record<string, string>): { looked: number; found: string[] } {
  const paths = sources ? Object.keys(sources) : shownSources();
  const found = paths.flatMap((path) => {
    const file = ts.createSourceFile(
      path,
      sources?.[path] ?? readFileSync(join(root, path), "utf8"),
      ts.ScriptTarget.Latest,
      true,
    );
    const lines: string[] = [];
    const visit = (node: ts.Node): void => {
      if (isUnsaid(node)) {
        const { line } = file.getLineAndCharacterOfPosition(node.getStart());
        lines.push(`${path}:${line + 1} ${node.getText().trim().slice(0, 80)}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
    return lines;
  });
  return { looked: paths.length, found };
}

function isUnsaid(node: ts.Node): boolean {
  if (ts.isJsxText(node)) return hasWords(node.text);
  if (!ts.isStringLiteralLike(node) && !ts.isTemplateExpression(node)) return false;
  const text = ts.isTemplateExpression(node)
    ? [node.head, ...node.templateSpans.map(({ literal }) => literal)].map((part) => part.text).join("")
    : node.text;
  if (!hasWords(text)) return false;
  const { parent } = node;
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) {
    const callee = `${ts.isNewExpression(parent) ? "new " : ""}${parent.expression.getText()}`;
    return parent.arguments?.includes(node) === true && saying.test(callee);
  }
  const name = ts.isPropertyAssignment(parent) || ts.isJsxAttribute(parent) ? parent.name.getText() : "";
  return shown.has(name);
}

/** Two letters in a row that are a word of a language, not a name of ours. */
function hasWords(text: string): boolean {
  return /\p{Letter}{2}/u.test(text.replaceAll(/\b(?:Slipway|MLflow)\b|https?:\S+/g, ""));
}
