import type { Context } from "../context.ts";
import type { Outcome } from "../output/outcome.ts";
import type { OptionTable, Values } from "./options.ts";

/** Words without an option before them. */
export interface Positionals {
  name: string;
  help: string;
  min: number;
}

export interface Command {
  summary: string;
  /** More for the help and the reference, in whole sentences. */
  details: string;
  options: OptionTable;
  positionals: Positionals | undefined;
  run: (context: Context, values: Record<string, unknown>, positionals: string[]) => Promise<Outcome | undefined>;
}

/** Declares a command; its `run` gets the options' values with their types. */
export function command<O extends OptionTable>(row: {
  summary: string;
  details?: string;
  options?: O;
  positionals?: Positionals;
  run: (context: Context, values: Values<O>, positionals: string[]) => Promise<Outcome | undefined>;
}): Command {
  return {
    summary: row.summary,
    details: row.details ?? "",
    options: row.options ?? {},
    positionals: row.positionals,
    run: row.run as Command["run"],
  };
}

/** The verbs of a noun. */
export type Verbs = Readonly<Record<string, Command>>;
