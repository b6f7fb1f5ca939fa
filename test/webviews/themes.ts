import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";

/** VS Code's own themes, with all that our pages name of them; null is what a theme leaves unset. */
export const themes = ["light", "dark", "high-contrast"] as const;
export type Theme = (typeof themes)[number];

export function coloursOf(theme: Theme): Readonly<Record<string, string | null>> {
  const file = join(import.meta.dirname, `../fixtures/themes/${theme}.json`);
  return JSON.parse(readFileSync(file, "utf8")) as Record<string, string | null>;
}

/** Puts a page into a theme as VS Code does: variables on the root, a class on the body, which has no margin there. */
export async function setTheme(page: Page, theme: Theme): Promise<void> {
  await page.evaluate(`{
    const { style } = document.documentElement;
    for (const [name, value] of Object.entries(${JSON.stringify(coloursOf(theme))}))
      if (value === null) style.removeProperty(name); else style.setProperty(name, value);
    document.body.style.margin = "0";
    document.body.className = "vscode-${theme}";
  }`);
}
