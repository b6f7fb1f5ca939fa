import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Frame } from "playwright-core";
import { root } from "../../tools/process/run.ts";
import type { Workbench } from "./workbench.ts";

/** What axe finds wrong on a page of ours in a theme of VS Code, one line each. */
export async function violationsIn(
  workbench: Workbench,
  page: Frame,
  theme: "light" | "dark" | "high-contrast",
): Promise<string[]> {
  await workbench.page.locator(".sidebar .pane-header").first().focus();
  await workbench.setTheme(theme);
  await page.locator(`body.vscode-${theme}`).waitFor();
  await page.evaluate(readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8"));
  return page.evaluate<string[]>(
    `axe.run(document, { runOnly: ["wcag2a", "wcag2aa"] }).then((result) => result.violations.map((one) => one.id + ": " + one.nodes.map((node) => node.target).join(", ")))`,
  );
}
