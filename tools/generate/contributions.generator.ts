import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { commands } from "#extension/contributions/commands.ts";
import { activationEvents, capabilities, contributes, description } from "#extension/contributions/manifest.ts";
import { settings } from "#extension/contributions/settings.ts";
import { root } from "../process/run.ts";
import type { Generator } from "./generators.ts";
import { takeTexts } from "./manifestTexts.ts";

async function run(): Promise<Map<string, string>> {
  const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Record<string, unknown>;
  const about = takeTexts({ description }, "");
  const able = takeTexts(capabilities, "capabilities");
  const parts = takeTexts(contributes(), "");
  const next = {
    ...manifest,
    ...(about.manifest as object),
    activationEvents,
    capabilities: able.manifest,
    contributes: parts.manifest,
  };
  const texts = Object.fromEntries([...about.texts, ...able.texts, ...parts.texts]);
  return new Map([
    ["package.json", JSON.stringify(next, null, 2)],
    ["package.nls.json", JSON.stringify(texts, null, 2)],
    ["docs/reference/commands.md", commandsPage()],
    ["docs/reference/settings.md", settingsPage()],
  ]);
}

function commandsPage(): string {
  const rows = Object.entries(commands).map(
    ([id, { title, does }]) => `## \`${id}\`\n\n**Slipway: ${title}.** ${does}\n`,
  );
  return `# Commands\n\nEvery command is on the palette under "Slipway:" unless it needs an item of a view.\n\n${rows.join("\n")}`;
}

function settingsPage(): string {
  const rows = Object.entries(settings).map(
    ([id, { markdownDescription, default: value }]) =>
      `## \`${id}\`\n\n${markdownDescription} Default: \`${JSON.stringify(value)}\`.\n`,
  );
  return `# Settings\n\n${rows.join("\n")}`;
}

/** package.json's manifest and the pages on commands and settings, from the extension's typed tables. */
export default { name: "contributions", run } satisfies Generator;
