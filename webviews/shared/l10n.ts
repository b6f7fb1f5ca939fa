/** The texts of VS Code's language, by their English; the extension writes them into the page (`vscode/panelHtml.ts`). */
const given: Readonly<Record<string, string>> =
  typeof document === "undefined"
    ? {}
    : (JSON.parse(document.getElementById("root")?.dataset["texts"] ?? "{}") as Record<string, string>);

/** The page's language, for dates. */
export const language: string = (typeof document === "undefined" ? "" : document.documentElement.lang) || "en";

/** Says a text in the language of VS Code, as `vscode.l10n` does in the extension: `l10n.t("{0} of {1} runs", shown, all)`. */
export const l10n = {
  t(text: string, ...values: (string | number)[]): string {
    return (given[text] ?? text).replaceAll(/\{(\d+)\}/g, (place, index) => String(values[Number(index)] ?? place));
  },
};
