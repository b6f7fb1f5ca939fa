import type { Command, Verbs } from "./parse/command.ts";
import { globalOptions } from "./parse/globals.ts";
import type { Option, OptionTable } from "./parse/options.ts";
import type { Entries } from "./parse/entries.ts";

export function programHelp(place: string, about: string, entries: Entries): string {
  const rows = Object.entries(entries).map(([name, { summary }]): Row => [name, summary]);
  return `${about}

Usage: ${place} <command> [options]

Commands:
${columns(rows)}
Run \`${place} <command> --help\` for one of them.${place === "slipway" ? " `slipway --version` prints the version." : ""}
`;
}

export function nounHelp(place: string, summary: string, verbs: Verbs): string {
  const rows = Object.entries(verbs).map(([verb, command]): Row => [verb, command.summary]);
  return `${summary}

Usage: ${place} <verb> [options]

Verbs:
${columns(rows)}
Run \`${place} <verb> --help\` for one of them.
`;
}

export function commandHelp(place: string, command: Command): string {
  const { positionals } = command;
  const words = positionals ? ` ${positionals.name}…` : "";
  const required = Object.values(command.options)
    .filter((option) => option.required)
    .map((option) => ` ${option.flags[0]} ${option.placeholder}`)
    .join("");
  return `${[command.summary, command.details].filter(Boolean).join("\n")}

Usage: ${place}${words}${required} [options]
${positionals ? `\n${columns([[positionals.name, positionals.help]])}` : ""}
Options:
${optionRows(command.options)}
Global options:
${optionRows(globalOptions)}`;
}

function optionRows(options: OptionTable): string {
  return columns(Object.values(options).map((option): Row => [usageOf(option), helpOf(option)]));
}

/** The names of an option with what stands for its value. */
export function usageOf({ flags, kind, placeholder, choices }: Option): string {
  const value = kind === "flag" ? "" : ` ${choices ? `{${choices.join(",")}}` : placeholder}`;
  return `${flags.join(" ")}${value}${kind === "words" ? " …" : ""}`;
}

export function helpOf({ help, required }: Option): string {
  return required ? `${help} [required]` : help;
}

type Row = [left: string, right: string];

function columns(rows: Row[]): string {
  const width = Math.min(38, Math.max(...rows.map(([left]) => left.length)));
  return rows
    .map(([left, right]) =>
      left.length > width ? `  ${left}\n  ${" ".repeat(width)}  ${right}\n` : `  ${left.padEnd(width)}  ${right}\n`,
    )
    .join("");
}
