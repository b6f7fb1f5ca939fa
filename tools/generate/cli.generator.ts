import { helpOf, usageOf } from "#cli/help.ts";
import type { Command } from "#cli/parse/command.ts";
import { globalOptions } from "#cli/parse/globals.ts";
import type { OptionTable } from "#cli/parse/options.ts";
import type { Entries } from "#cli/parse/entries.ts";
import { program } from "#cli/program.ts";
import type { Generator } from "./generators.ts";

const cell = (text: string): string => text.replaceAll("|", "\\|");

function optionTable(options: OptionTable): string {
  const rows = Object.values(options).map((option) => `| \`${cell(usageOf(option))}\` | ${cell(helpOf(option))} |`);
  return rows.length === 0 ? "" : ["| option | |", "|---|---|", ...rows, ""].join("\n");
}

function section(heading: string, command: Command): string {
  const words = command.positionals ? ` ${command.positionals.name}…` : "";
  const about = [command.summary, command.details].filter(Boolean).join(" ");
  const positional = command.positionals ? `\`${command.positionals.name}\`: ${command.positionals.help}\n\n` : "";
  return `### \`${heading}${words}\`\n\n${about}\n\n${positional}${optionTable(command.options)}\n`;
}

async function sections(place: string, entries: Entries): Promise<string[]> {
  const parts: string[] = [];
  for (const [name, entry] of Object.entries(entries)) {
    if ("command" in entry) parts.push(section(`${place} ${name}`, await entry.command()));
    if (!("verbs" in entry)) continue;
    const verbs = Object.entries(await entry.verbs());
    parts.push(...verbs.map(([verb, command]) => section(`${place} ${name} ${verb}`, command)));
  }
  return parts;
}

/** `docs/reference/cli.md`, from the same tables that parse the command line. */
const generator: Generator = {
  name: "command line reference",
  run: async () => {
    const parts = [
      "# The command line\n\n<!-- Generated from src/cli by `npm run generate`. Do not edit. -->\n",
      "Exit codes: 0 done, 1 an error (or a job that did not complete, or a file that is not valid), 2 a wrong command line, 3 not found, 130 interrupted.\n",
      `## Options of every command\n\n${optionTable(globalOptions)}\n`,
    ];
    for (const [name, entry] of Object.entries(program)) {
      parts.push(`## ${name}\n\n${entry.summary}\n`);
      if ("entries" in entry) parts.push(...(await sections(`slipway ${name}`, await entry.entries())));
      else parts.push(...(await sections("slipway", { [name]: entry })));
    }
    return new Map([["docs/reference/cli.md", parts.join("\n")]]);
  },
};

export default generator;
