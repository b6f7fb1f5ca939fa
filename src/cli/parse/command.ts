import type { Context } from "../context.ts";
import type { Column } from "../output/table.ts";
import type { OptionTable, Values } from "./options.ts";

/** What a command leaves for the output format to print. */
export interface Outcome {
  /** The JSON value that `--query` and `-o` work on; nothing is printed when there is none. */
  value?: unknown;
  /** Columns of `-o table`; by default the value's plain fields, as `az` has them. */
  columns?: readonly Column[];
  /** 0 unless given. */
  exitCode?: number;
}

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
