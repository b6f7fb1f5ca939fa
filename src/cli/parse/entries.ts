import type { Command, Verbs } from "./command.ts";

/** A first word of the command line. What it does is loaded when it is asked for, so that a call loads one noun only. */
export type Entry =
  | { summary: string; verbs: () => Promise<Verbs> }
  | { summary: string; command: () => Promise<Command> }
  | { summary: string; entries: () => Promise<Entries> };

export type Entries = Readonly<Record<string, Entry>>;
