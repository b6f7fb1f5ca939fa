import { globalOptions } from "../parse/globals.ts";
import type { Option, OptionTable } from "../parse/options.ts";
import type { Command } from "../parse/command.ts";
import type { Entries } from "../parse/entries.ts";
import { namedNouns, type NamedNoun } from "./names.ts";

/** What may stand after an option. */
export type Values =
  | { kind: "none" }
  | { kind: "choices"; choices: readonly string[] }
  | { kind: "names"; noun: NamedNoun }
  | { kind: "files" }
  | { kind: "any" };

export interface OptionWords {
  flags: readonly string[];
  help: string;
  values: Values;
}

/** A word that leads further: `slipway`, `slipway job`, `slipway az account`. */
export interface Branch {
  /** The words that lead here, with a blank between them; empty for the program itself. */
  at: string;
  next: { word: string; help: string }[];
}

/** A command, with its own options. */
export interface Leaf {
  at: string;
  options: OptionWords[];
  /** Takes files without an option before them. */
  files: boolean;
}

export interface Words {
  branches: Branch[];
  leaves: Leaf[];
  /** Options that every command takes. */
  global: OptionWords[];
}

/** The whole command line as shells complete it, from the tables that parse it. */
export async function wordsOf(program: Entries): Promise<Words> {
  const words: Words = { branches: [], leaves: [], global: optionWords(globalOptions, { noun: "", verb: "" }) };
  await collect("", program, words);
  return words;
}

async function collect(at: string, entries: Entries, words: Words): Promise<void> {
  const next = Object.entries(entries).map(([word, { summary }]) => ({ word, help: summary }));
  if (at === "az") next.unshift({ word: "ml", help: "All that `slipway` does." });
  words.branches.push({ at, next });
  for (const [noun, entry] of Object.entries(entries)) {
    const place = at === "" ? noun : `${at} ${noun}`;
    if ("entries" in entry) await collect(place, await entry.entries(), words);
    else if ("command" in entry) words.leaves.push(leaf(place, await entry.command(), { noun, verb: "" }));
    else {
      const verbs = Object.entries(await entry.verbs());
      words.branches.push({ at: place, next: verbs.map(([word, { summary }]) => ({ word, help: summary })) });
      words.leaves.push(...verbs.map(([verb, row]) => leaf(`${place} ${verb}`, row, { noun, verb })));
    }
  }
}

function leaf(at: string, command: Command, place: Place): Leaf {
  return { at, options: optionWords(command.options, place), files: command.positionals?.name === "PATHS" };
}

interface Place {
  noun: string;
  verb: string;
}

function optionWords(options: OptionTable, place: Place): OptionWords[] {
  return Object.entries(options).map(([key, option]) => ({
    flags: option.flags,
    help: option.help,
    values: valuesOf(key, option, place),
  }));
}

/** Options whose value is a path, by key. */
const paths = new Set(["file", "path", "downloadPath", "condaFile", "build", "python"]);

/** Options that name a thing of another noun. */
const named: Readonly<Record<string, NamedNoun>> = {
  parentJobName: "job",
  workspaceName: "workspace",
  defaultCompute: "compute",
};

function valuesOf(key: string, option: Option, { noun, verb }: Place): Values {
  if (option.kind === "flag") return { kind: "none" };
  if (option.choices) return { kind: "choices", choices: option.choices };
  if (paths.has(key)) return { kind: "files" };
  const own = key === "name" && verb !== "create" ? namedNouns.find((known) => known === noun) : undefined;
  const other = own ?? named[key];
  return other === undefined ? { kind: "any" } : { kind: "names", noun: other };
}
