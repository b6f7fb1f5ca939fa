import { didYouMean } from "#spec/problems/nearest.ts";
import type { Option, OptionTable } from "./options.ts";
import { UsageError } from "./usageError.ts";

export interface Parsed {
  /** By key of the option table. Flags are always there, lists may be empty, the rest only when given. */
  values: Record<string, unknown>;
  positionals: string[];
}

type Entry = [key: string, option: Option];

/**
 * Parses the words after the verb as Python's argparse does it for `az`: long options may be cut short as long as they
 * stay unique, `--name=value` and `--name value` are one, `-nvalue` works, a list option takes every word up to the next
 * option, and a negative number is a value. Throws {@link UsageError}.
 */
export function parseArguments(argv: readonly string[], table: OptionTable): Parsed {
  const entries = Object.entries(table);
  const values: Record<string, unknown> = {};
  for (const [key, { kind }] of entries) {
    if (kind === "flag") values[key] = false;
    if (kind === "words") values[key] = [];
  }
  const positionals: string[] = [];
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") {
      positionals.push(...rest);
      break;
    }
    if (!isOption(word)) {
      positionals.push(word);
      continue;
    }
    const { entry, glued } = findOption(word, entries);
    take(entry, glued, rest, values);
  }
  const absent = entries.filter(([key, { required }]) => required && values[key] === undefined);
  if (absent.length > 0) {
    const names = absent.map(([, { flags }]) => flags.join("/")).join(", ");
    throw new UsageError(`the following arguments are required: ${names}`);
  }
  return { values, positionals };
}

function isOption(word: string): boolean {
  const name = word.split("=")[0] ?? "";
  return word.length > 1 && word.startsWith("-") && !isNegativeNumber(word) && !name.includes(" ");
}

function isNegativeNumber(word: string): boolean {
  return /^-(\d+|\d*\.\d+)$/.test(word);
}

/** The option that a word names, and the value that is glued to it. */
function findOption(word: string, entries: Entry[]): { entry: Entry; glued: string | undefined } {
  if (word.startsWith("--")) {
    const equals = word.indexOf("=");
    const name = equals < 0 ? word : word.slice(0, equals);
    return { entry: findLong(name, entries), glued: equals < 0 ? undefined : word.slice(equals + 1) };
  }
  const exact = entries.find(([, { flags }]) => flags.includes(word));
  if (exact) return { entry: exact, glued: undefined };
  const short = entries.find(([, { flags }]) => flags.includes(word.slice(0, 2)));
  if (!short) throw unrecognized(word, entries);
  return { entry: short, glued: word.slice(2).replace(/^=/, "") };
}

function findLong(name: string, entries: Entry[]): Entry {
  const exact = entries.find(([, { flags }]) => flags.includes(name));
  if (exact) return exact;
  const matches = entries.filter(([, { flags }]) => flags.some((flag) => flag.startsWith(name)));
  if (matches.length > 1) {
    const could = matches.flatMap(([, { flags }]) => flags.filter((flag) => flag.startsWith(name))).join(", ");
    throw new UsageError(`ambiguous option: ${name} could match ${could}`);
  }
  const [match] = matches;
  if (!match || name === "--") throw unrecognized(name, entries);
  return match;
}

function unrecognized(name: string, entries: Entry[]): UsageError {
  const known = entries.flatMap(([, { flags }]) => flags);
  return new UsageError(`unrecognized arguments: ${name}.${didYouMean(name, known)}`);
}

function take([key, option]: Entry, glued: string | undefined, rest: string[], values: Record<string, unknown>): void {
  const name = option.flags.join("/");
  if (option.kind === "flag") {
    // The SDK's own flags may be written with a value: `--stream true`.
    const said = glued ?? (/^(true|false)$/i.test(rest[0] ?? "") ? rest.shift() : undefined);
    if (said !== undefined && !/^(true|false|yes|no|0|1)$/i.test(said)) {
      throw new UsageError(`argument ${name}: ignored explicit argument '${said}'`);
    }
    values[key] = said === undefined || /^(true|yes|1)$/i.test(said);
    return;
  }
  if (option.kind === "words") {
    const taken = glued === undefined ? [] : [glued];
    while (glued === undefined && rest[0] !== undefined && rest[0] !== "--" && !isOption(rest[0])) {
      taken.push(rest.shift() as string);
    }
    if (taken.length === 0) throw new UsageError(`argument ${name}: expected at least one argument`);
    (values[key] as string[]).push(...taken);
    return;
  }
  const word = glued ?? (rest[0] !== undefined && !isOption(rest[0]) ? rest.shift() : undefined);
  if (word === undefined) throw new UsageError(`argument ${name}: expected one argument`);
  values[key] = convert(option, name, word);
}

function convert(option: Option, name: string, word: string): string | number {
  if (option.kind === "number") {
    const value = Number(word);
    if (word.trim() === "" || Number.isNaN(value)) throw new UsageError(`argument ${name}: invalid number: '${word}'`);
    return value;
  }
  if (!option.choices) return word;
  const choice = option.choices.find((known) => known.toLowerCase() === word.toLowerCase());
  if (choice === undefined) {
    throw new UsageError(`argument ${name}: '${word}' is not one of ${option.choices.join(", ")}`);
  }
  return choice;
}
