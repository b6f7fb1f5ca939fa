import type { Command, Verbs } from "./parse/command.ts";

/** A first word of the command line. What it does is loaded when it is asked for, so that a call loads one noun only. */
export type Entry =
  { summary: string; verbs: () => Promise<Verbs> } | { summary: string; command: () => Promise<Command> };

export const program: Readonly<Record<string, Entry>> = {
  job: {
    summary: "Submit jobs, follow them, get what they made.",
    verbs: async () => (await import("./commands/job/verbs.ts")).verbs,
  },
  engine: {
    summary: "The background process that runs jobs and keeps their records.",
    verbs: async () => (await import("./commands/engine.ts")).verbs,
  },
};
