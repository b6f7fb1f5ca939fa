import type { Generator } from "./generators.ts";
import { textsOfSources } from "./sourceTexts.ts";

/** Every text that the extension and its pages say, for translators; VS Code reads a language's own file beside it. */
const generator: Generator = {
  name: "texts",
  run: () => {
    const texts = [...new Set(textsOfSources().map(({ text }) => text))].sort();
    return new Map([
      ["l10n/bundle.l10n.json", JSON.stringify(Object.fromEntries(texts.map((text) => [text, text])), null, 2)],
    ]);
  },
};

export default generator;
