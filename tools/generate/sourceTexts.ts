import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { root } from "../process/run.ts";

/** A text that a source says, by `l10n.t("…", …values)`. */
interface SourceText {
  text: string;
  /** `src/extension/jobs/jobItems.ts:12` */
  place: string;
}

/** What of the sources is shown in VS Code. */
const shown = ["src/extension/**/*.ts", "src/web/*.ts", "webviews/**/*.{ts,tsx}"];

/** The files with texts, from the repository's root. The tables of contributions are translated through package.nls.json. */
export function shownSources(): string[] {
  return globSync(shown, { cwd: root })
    .filter((path) => !path.startsWith("src/extension/contributions/"))
    .sort();
}

/** Every text of the sources. Throws where a text cannot be found by reading, or has other places than values. */
export function textsOfSources(): SourceText[] {
  return shownSources().flatMap((path) => textsOf(path, readFileSync(join(root, path), "utf8")));
}

/** The texts of one source. */
export function textsOf(path: string, source: string): SourceText[] {
  const found: SourceText[] = [];
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /(?:^|\.)l10n\.t$/.test(node.expression.getText())) {
      const place = `${path}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
      const [first, ...values] = node.arguments;
      if (first === undefined || !ts.isStringLiteralLike(first))
        throw new Error(`${place}: the first argument of l10n.t has to be the text itself, so that it can be found`);
      const wanted = placeholders(first.text).length;
      if (wanted !== values.length)
        throw new Error(`${place}: "${first.text}" has places for ${wanted} values and gets ${values.length}`);
      found.push({ text: first.text, place });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** The places for values in a text, each once and in order: `{0}`, `{1}`. */
export function placeholders(text: string): string[] {
  return [...new Set(text.match(/\{\d+\}/g))].sort();
}
