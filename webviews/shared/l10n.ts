/** What is read of the page; there is none where a module of a page is tested by itself. */
const { document: page } = globalThis as {
  document?: {
    getElementById(id: string): { dataset: Record<string, string | undefined> } | null;
    documentElement: { lang: string };
  };
};

/** The texts of VS Code's language, by their English; the extension writes them into the page (`vscode/panelHtml.ts`). */
const given = JSON.parse(page?.getElementById("root")?.dataset["texts"] ?? "{}") as Readonly<Record<string, string>>;

/** The page's language, for dates. */
export const language: string = page?.documentElement.lang || "en";

/** Says a text in the language of VS Code, as `vscode.l10n` does in the extension: `l10n.t("{0} of {1} runs", shown, all)`. */
export const l10n = {
  t(text: string, ...values: (string | number)[]): string {
    return (given[text] ?? text).replaceAll(/\{(\d+)\}/g, (place, index) => String(values[Number(index)] ?? place));
  },
};
